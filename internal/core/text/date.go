package text

import (
	"fmt"
	"strings"
	"time"
)

// Months names the months of a language as they stand in a date, January first. Languages without a list get the German one.
func Months(lang string) [12]string {
	base, _, _ := strings.Cut(lang, "-")
	if base == "en" {
		return [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	}
	return [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
}

// Date writes a day as readers of the language do: "23. November 2026", in English "23 November 2026".
func Date(lang string, day time.Time) string {
	point := "."
	if base, _, _ := strings.Cut(lang, "-"); base == "en" {
		point = ""
	}
	return fmt.Sprintf("%d%s %s %d", day.Day(), point, Months(lang)[day.Month()-1], day.Year())
}
