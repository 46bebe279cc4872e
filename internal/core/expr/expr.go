// Package expr evaluates the rules and fees that services carry as data, written in CEL (the Common Expression Language).
//
// An expression sees variables and nothing else: no clock, no files, no network. What it may cost is limited. Days are texts like
// "2026-11-23", so that they compare as they are; money is whole cents. Besides CEL's standard functions and its string extension there are
// addMonths, addDays, until, age and sameStreet (see dates.go), and openAt (see hours.go).
package expr

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
)

// ErrEval says that an expression has no value for these variables: an answer is missing, a table has no such row, it cost too much.
// It never says which value it was: that could be what a citizen typed.
var ErrEval = errors.New("has no value here")

// costLimit is far above what any rule of a form needs (a lookup in a table of some hundred rows costs some thousand) and far below what
// a person would notice.
const costLimit = 200_000

// Place says where an expression stands, for whoever has to repair it.
type Place struct {
	Service string
	File    string
	Line    int
	Key     string
}

// String writes the place like a compiler does; without a line where it is not known.
func (p Place) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s/%s: %s", p.Service, p.File, p.Key)
	}
	return fmt.Sprintf("%s/%s:%d: %s", p.Service, p.File, p.Line, p.Key)
}

// Vars are the values of the variables: JSON values, numbers as int64 or float64.
type Vars map[string]any

// Env compiles expressions over a fixed set of variables. It is safe for use by several goroutines.
type Env struct{ env *cel.Env }

// made are the environments there are: making one takes longer than compiling most files with it.
var made sync.Map // by their variables

// New gives an environment that knows the variables by name.
func New(variables ...string) (*Env, error) {
	key := strings.Join(variables, " ")
	if e, ok := made.Load(key); ok {
		return e.(*Env), nil
	}
	e, err := newEnv(variables)
	if err != nil {
		return nil, err
	}
	made.Store(key, e)
	return e, nil
}

func newEnv(variables []string) (*Env, error) {
	opts := append(append(functions(), bounds()...), ext.Strings(), cel.ParserRecursionLimit(50), cel.ParserExpressionSizeLimit(4000))
	for _, name := range variables {
		opts = append(opts, cel.Variable(name, cel.DynType))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("expr: new: %w", err)
	}
	return &Env{env}, nil
}

// Rule is a compiled expression. It is safe for use by several goroutines.
type Rule struct {
	at      Place
	program cel.Program
	reads   map[string][]string
}

// Compile checks and compiles an expression; the error names its place.
func (e *Env) Compile(at Place, source string) (*Rule, error) {
	checked, issues := e.env.Compile(source)
	if issues.Err() != nil {
		return nil, fmt.Errorf("expr: compile: %s: %w", at, issues.Err())
	}
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if !cheap(checked.NativeRep().Expr()) {
		opts = append(opts, cel.CostLimit(costLimit))
	}
	program, err := e.env.Program(checked, opts...)
	if err != nil {
		return nil, fmt.Errorf("expr: compile: %s: %w", at, err)
	}
	r := &Rule{at: at, program: program, reads: map[string][]string{}}
	r.walk(checked.NativeRep().Expr())
	return r, nil
}

// At is where the rule stands.
func (r *Rule) At() Place { return r.at }

// Reads lists what the rule reads of a variable, as JSON pointers: "/vehicle/plate"; "" means that it reads the variable as a whole.
func (r *Rule) Reads(variable string) []string { return r.reads[variable] }

// walk notes every chain of fields that begins at a variable.
func (r *Rule) walk(e ast.Expr) {
	if root, pointer, _, ok := chain(e); ok {
		if !slices.Contains(r.reads[root], pointer) {
			r.reads[root] = append(r.reads[root], pointer)
		}
		r.walkIndexes(e)
		return
	}
	switch e.Kind() {
	case ast.SelectKind:
		r.walk(e.AsSelect().Operand())
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			r.walk(e.AsCall().Target())
		}
		for _, arg := range e.AsCall().Args() {
			r.walk(arg)
		}
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			r.walk(el)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			r.walk(entry.AsMapEntry().Key())
			r.walk(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			r.walk(part)
		}
	}
}

// walkIndexes looks into the brackets of a chain: tables.prices[answers.months] reads an answer too.
func (r *Rule) walkIndexes(e ast.Expr) {
	switch e.Kind() {
	case ast.SelectKind:
		r.walkIndexes(e.AsSelect().Operand())
	case ast.CallKind:
		if args := e.AsCall().Args(); len(args) == 2 {
			r.walkIndexes(args[0])
			r.walk(args[1])
		}
	}
}

// chain reads a.b["c"] as variable a and pointer /b/c. A bracket whose key is not constant ends the pointer: what follows is unknown.
func chain(e ast.Expr) (root, pointer string, ended, ok bool) {
	name := ""
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), "", false, true
	case ast.SelectKind:
		root, pointer, ended, ok = chain(e.AsSelect().Operand())
		name = e.AsSelect().FieldName()
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
			return "", "", false, false
		}
		root, pointer, ended, ok = chain(call.Args()[0])
		key := call.Args()[1]
		if key.Kind() != ast.LiteralKind {
			return root, pointer, true, ok
		}
		name = fmt.Sprint(key.AsLiteral().Value())
	default:
		return "", "", false, false
	}
	if ended {
		return root, pointer, true, ok
	}
	return root, pointer + "/" + escapes.Replace(name), false, ok
}

// escapes writes a name into a JSON pointer (RFC 6901).
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// Bool evaluates to yes or no. It fails with ErrEval when the expression has no value, or another kind of value.
func (r *Rule) Bool(v Vars) (bool, error) { return evaluate[bool](r, v) }

// Int evaluates to a whole number, for money: cents.
func (r *Rule) Int(v Vars) (int64, error) { return evaluate[int64](r, v) }

// Text evaluates to a text. Numbers and yes or no are written as CEL writes them.
func (r *Rule) Text(v Vars) (string, error) {
	out, err := r.Any(v)
	if err != nil {
		return "", err
	}
	switch out := out.(type) {
	case string:
		return out, nil
	case int64, float64, bool:
		return fmt.Sprint(out), nil
	}
	return "", r.fail()
}

// Any evaluates to a JSON value: nil, bool, int64, float64, string, []any, map[string]any.
func (r *Rule) Any(v Vars) (any, error) {
	out, _, err := r.program.Eval(activation(v))
	if err != nil {
		return nil, r.fail()
	}
	left := largestValue
	native, ok := plain(out, 0, &left)
	if !ok {
		return nil, r.fail()
	}
	return native, nil
}

// activation lets CEL look variables up where they are.
type activation Vars

// ResolveName is cel.Activation's.
func (a activation) ResolveName(name string) (any, bool) {
	v, ok := a[name]
	return v, ok
}

// Parent is cel.Activation's: there is none.
func (a activation) Parent() cel.Activation { return nil }

func evaluate[T any](r *Rule, v Vars) (T, error) {
	out, err := r.Any(v)
	if err != nil {
		var zero T
		return zero, err
	}
	t, ok := out.(T)
	if !ok {
		return t, r.fail()
	}
	return t, nil
}

// fail leaves CEL's own words out: "no such key: ..." would repeat what somebody typed.
func (r *Rule) fail() error { return fmt.Errorf("expr: %s: %w", r.at, ErrEval) }

// plain turns a CEL value into a JSON value, if it is not larger than what is left.
func plain(v ref.Val, depth int, left *int) (any, bool) {
	if *left--; depth > 16 || *left < 0 {
		return nil, false
	}
	switch v := v.(type) {
	case types.Null:
		return nil, true
	case types.Bool:
		return bool(v), true
	case types.Int:
		return int64(v), true
	case types.Double:
		return float64(v), true
	case types.String:
		return string(v), true
	case traits.Mapper:
		m := map[string]any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			name, isText := k.(types.String)
			value, ok := plain(v.Get(k), depth+1, left)
			if !isText || !ok {
				return nil, false
			}
			m[string(name)] = value
		}
		return m, true
	case traits.Lister:
		l := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			value, ok := plain(it.Next(), depth+1, left)
			if !ok {
				return nil, false
			}
			l = append(l, value)
		}
		return l, true
	}
	return nil, false
}

// Normal gives a value as expressions see it: whole numbers as int64, whatever number type a decoder made of them; lists and maps likewise.
func Normal(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64:
		return v
	case float64:
		if v == float64(int64(v)) && v > -1<<53 && v < 1<<53 {
			return int64(v)
		}
		return v
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, x := range v {
			m[k] = Normal(x)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, x := range v {
			l[i] = Normal(x)
		}
		return l
	}
	switch rv := reflect.ValueOf(v); {
	case rv.CanInt():
		return rv.Int()
	case rv.CanUint() && rv.Uint() <= 1<<53:
		return int64(rv.Uint())
	case rv.CanFloat():
		return Normal(rv.Float())
	case rv.Kind() == reflect.String: // json.Number and named texts
		return number(rv.String(), v)
	}
	return nil
}

func number(s string, v any) any {
	if _, ok := v.(interface{ Int64() (int64, error) }); !ok {
		return s
	}
	n := v.(interface {
		Int64() (int64, error)
		Float64() (float64, error)
	})
	if i, err := n.Int64(); err == nil && !strings.ContainsAny(s, ".eE") {
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return nil
	}
	return Normal(f)
}
