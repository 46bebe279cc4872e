package expr

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/calendar"
)

// openAt is the function openAt(tables.offices.buergerbuero, "2026-11-23", "09:00"): whether the office of that row is open then, holidays and
// exceptions considered. A row whose hours cannot be read, and a day that is none, make the expression have no value.
func openAt() cel.EnvOption {
	return cel.Function("openAt", cel.Overload("open_at", []*cel.Type{cel.DynType, cel.StringType, cel.StringType}, cel.BoolType,
		cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			left := 1000 // an office's row has some dozens of values
			native, _ := plain(args[0], 0, &left)
			row, ok := native.(map[string]any)
			if !ok {
				return types.NewErr("openAt: no office")
			}
			hours, err := calendar.Read(row["week"], row["except"])
			day, err2 := time.Parse(time.DateOnly, string(args[1].(types.String)))
			if err != nil || err2 != nil {
				return types.NewErr("openAt: no hours, or no day")
			}
			return types.Bool(hours.OpenAt(day, string(args[2].(types.String))))
		})))
}
