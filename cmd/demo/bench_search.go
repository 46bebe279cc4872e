package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	_ "github.com/mattn/go-sqlite3" // the peer: FTS5 with trigrams

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// searchData is where the public directory and the everyday queries are, from the project's root.
const searchData = "internal/core/service/testdata"

// manyServices is how many services are searched.
const manyServices = 10_000

// search measures a keystroke in the catalogue's search beside SQLite's trigram search of the same names: every query is typed letter by letter.
func (b *bench) search(ctx context.Context, _ string) error {
	entries, keys, err := searchWork()
	if err != nil {
		return err
	}
	synonyms, err := service.LoadSynonyms(assets.FS)
	if err != nil {
		return err
	}
	index := service.NewIndex("de", entries, synonyms["de"])
	db, err := trigrams(ctx, entries)
	if err != nil {
		return err
	}
	defer db.Close()
	ask, err := db.PrepareContext(ctx, `SELECT rowid FROM services WHERE services MATCH ? ORDER BY rank LIMIT 20`)
	if err != nil {
		return fmt.Errorf("demo: bench: search: %w", err)
	}
	defer ask.Close()
	var ours, theirs []float64
	for range b.rounds {
		var our, their []float64
		for _, k := range keys {
			began := time.Now()
			index.Search(k)
			our = append(our, ms(time.Since(began)))
			began = time.Now()
			if err := readAll(ctx, ask, matching(k)); err != nil {
				return err
			}
			their = append(their, ms(time.Since(began)))
		}
		ours, theirs = append(ours, quantile(our, 0.99)), append(theirs, quantile(their, 0.99))
	}
	b.add("keystroke in the search, p99", "ms", ours, theirs, "SQLite FTS5, trigrams", "ratio <= 0.5", func(_, ratio float64) bool { return ratio <= 0.5 },
		fmt.Sprintf("%d services, %d keystrokes", len(entries), len(keys)))
	return nil
}

// searchWork gives the services and what is typed: each service of the public directory as if many towns had it.
func searchWork() (entries []service.Listing, keys []string, err error) {
	var names []struct{ Name, Topic string }
	text, err := os.ReadFile(filepath.Join(searchData, "services-d115.json"))
	if err == nil {
		err = json.Unmarshal(text, &names)
	}
	var queries []struct{ Query string }
	if err == nil {
		text, err = os.ReadFile(filepath.Join(searchData, "everyday.yaml"))
	}
	if err == nil {
		err = yaml.Unmarshal(text, &queries)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("demo: bench: search: %w", err)
	}
	towns := strings.Fields("Löhne Vlotho Herford Minden Bünde Enger Spenge Hiddenhausen Kirchlengern Rödinghausen Hüllhorst Lübbecke Espelkamp Rahden Petershagen Porta " +
		"Stemwede Hille")
	for i := range manyServices {
		n := names[i%len(names)]
		entries = append(entries, service.Listing{Title: n.Name + " in " + towns[i/len(names)%len(towns)], Topic: n.Topic})
	}
	for i := 0; i < len(queries); i += 9 {
		typed := []rune(queries[i].Query)
		for n := range typed {
			if k := string(typed[:n+1]); matching(k) != "" {
				keys = append(keys, k)
			}
		}
	}
	return entries, keys, nil
}

// matching writes what is typed for FTS5: every word that has a trigram. "" if none has.
func matching(typed string) string {
	var words []string
	for _, w := range strings.Fields(typed) {
		if len([]rune(w)) >= 3 {
			words = append(words, `"`+strings.ReplaceAll(w, `"`, `""`)+`"`)
		}
	}
	return strings.Join(words, " ")
}

func trigrams(ctx context.Context, entries []service.Listing) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("demo: bench: search: %w", err)
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE VIRTUAL TABLE services USING fts5(name, topic, tokenize='trigram')`)
	if err == nil {
		_, err = db.ExecContext(ctx, `BEGIN`)
	}
	for _, e := range entries {
		if err == nil {
			_, err = db.ExecContext(ctx, `INSERT INTO services (name, topic) VALUES (?, ?)`, e.Title, e.Topic)
		}
	}
	if err == nil {
		_, err = db.ExecContext(ctx, `COMMIT`)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, `INSERT INTO services (services) VALUES ('optimize')`)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("demo: bench: search: %w", err)
	}
	return db, nil
}

// readAll reads all rows of an answer.
func readAll(ctx context.Context, ask *sql.Stmt, match string) error {
	rows, err := ask.QueryContext(ctx, match)
	if err != nil {
		return fmt.Errorf("demo: bench: search: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("demo: bench: search: %w", err)
		}
	}
	return rows.Err()
}
