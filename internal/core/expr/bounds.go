package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// largestText is what an expression may make of texts in one step, in bytes; largestValue how many values its result may have. What an expression costs is
// counted when a step is done: one that makes a text of many copies of another would have filled the memory by then.
const (
	largestText  = 100_000
	largestValue = 100_000
)

// straight are the functions that take no longer than reading what they are given once, and make nothing larger than that.
var straight = []string{
	operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional, operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals,
	operators.Greater, operators.GreaterEquals, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate, operators.In, operators.Index,
	"size", "int", "double", "string", "addMonths", "addDays", "until", "age", "sameStreet",
}

// A cheap expression calls no more than mostCalls functions, each of which may read a long list, and puts something together with + no more often than
// mostJoints: each copies what those before it made, so that the longest sum of answers as long as a form takes them copies some hundred of them.
const (
	mostCalls  = 64
	mostJoints = 16
)

// cheap tells whether an expression cannot cost much whatever it is given: it is short, has no loop, and nothing that makes much out of little. Counting
// what it costs while it is evaluated would take longer than evaluating it.
func cheap(e ast.Expr) bool {
	var calls, joints int
	return straightOn(e, &calls, &joints) && calls <= mostCalls && joints <= mostJoints
}

func straightOn(e ast.Expr, calls, joints *int) bool {
	var inside []ast.Expr
	switch e.Kind() {
	case ast.LiteralKind, ast.IdentKind:
	case ast.SelectKind:
		inside = append(inside, e.AsSelect().Operand())
	case ast.ListKind:
		inside = e.AsList().Elements()
	case ast.CallKind:
		c := e.AsCall()
		*calls++
		switch {
		case c.FunctionName() == operators.Add:
			*joints++
		case !slices.Contains(straight, c.FunctionName()):
			return false
		}
		if inside = c.Args(); c.IsMemberFunction() {
			inside = append(slices.Clone(inside), c.Target())
		}
	default: // a loop, or an object
		return false
	}
	return !slices.ContainsFunc(inside, func(e ast.Expr) bool { return !straightOn(e, calls, joints) })
}

// bounds put what can make much out of little behind a look at how much it will be: replace, join and format of the string extension.
func bounds() []cel.EnvOption {
	instead := func(bounded string) cel.MacroFactory {
		return func(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewCall(bounded, append([]ast.Expr{target}, args...)...), nil
		}
	}
	format := func(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		return f.NewMemberCall("format", target, f.NewCall("bounded", args[0])), nil
	}
	text, whole, any := cel.StringType, cel.IntType, cel.DynType
	return []cel.EnvOption{
		cel.Macros(cel.ReceiverMacro("replace", 2, instead("replaced")), cel.ReceiverMacro("replace", 3, instead("replaced")),
			cel.ReceiverMacro("join", 0, instead("joined")), cel.ReceiverMacro("join", 1, instead("joined")), cel.ReceiverMacro("format", 1, format)),
		cel.Function("replaced",
			cel.Overload("replaced_text", []*cel.Type{text, text, text}, text, cel.FunctionBinding(replaced)),
			cel.Overload("replaced_text_int", []*cel.Type{text, text, text, whole}, text, cel.FunctionBinding(replaced))),
		cel.Function("joined",
			cel.Overload("joined_list", []*cel.Type{cel.ListType(any)}, text, cel.UnaryBinding(func(l ref.Val) ref.Val { return joined(l, types.String("")) })),
			cel.Overload("joined_list_text", []*cel.Type{cel.ListType(any), text}, text, cel.BinaryBinding(joined))),
		cel.Function("bounded", cel.Overload("bounded_list", []*cel.Type{cel.ListType(any)}, cel.ListType(any), cel.UnaryBinding(func(l ref.Val) ref.Val {
			if left := largestText; !weigh(l, &left) {
				return types.NewErr("too much text")
			}
			return l
		}))),
	}
}

func replaced(args ...ref.Val) ref.Val {
	s, old, with, n := string(args[0].(types.String)), string(args[1].(types.String)), string(args[2].(types.String)), -1
	if len(args) == 4 {
		n = int(max(-1, min(int64(args[3].(types.Int)), largestText)))
	}
	if len(s)+(strings.Count(s, old)+1)*len(with) > largestText {
		return types.NewErr("too much text")
	}
	return types.String(strings.Replace(s, old, with, n))
}

func joined(list, between ref.Val) ref.Val {
	l, sep := list.(traits.Lister), string(between.(types.String))
	var b strings.Builder
	for i, it := 0, l.Iterator(); it.HasNext() == types.True; i++ {
		s, isText := it.Next().(types.String)
		if !isText {
			return types.NewErr("no text")
		}
		if b.Len()+len(sep)+len(s) > largestText {
			return types.NewErr("too much text")
		}
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(string(s))
	}
	return types.String(b.String())
}

// weigh takes what a value has of texts and values off what is left, and tells whether that was enough.
func weigh(v ref.Val, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch v := v.(type) {
	case types.String:
		*left -= len(v)
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True; {
			if k := it.Next(); !weigh(k, left) || !weigh(v.Get(k), left) {
				return false
			}
		}
	case traits.Lister:
		for it := v.Iterator(); it.HasNext() == types.True; {
			if !weigh(it.Next(), left) {
				return false
			}
		}
	}
	return *left >= 0
}
