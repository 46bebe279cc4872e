package service

import (
	"encoding/json"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// Publish gives the rows of a table that the town hall publishes, as JSON objects, in place of the table of this name that came with the program. They
// are the same on every day: each row says itself when it counts, so that an application is checked later with what counted on its day. Without rows
// the table that came with the program is back. What is no object is left out.
func (t *Tenant) Publish(name string, rows [][]byte) {
	var list []any
	for _, data := range rows {
		var row map[string]any
		if json.Unmarshal(data, &row) == nil && row != nil {
			list = append(list, expr.Normal(row))
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[string]any{}
	for other, table := range t.published { // those that were given out stay as they are
		all[other] = table
	}
	if delete(all, name); list != nil {
		all[name] = list
	}
	t.published = all
}

// overlay puts the published tables in place of those that came with the program.
func (t *Tenant) overlay(tables map[string]any) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for name, table := range t.published {
		tables[name] = table
	}
}
