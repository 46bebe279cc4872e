package migrate_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/mattn/go-sqlite3"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/migrate"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func script(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestEveryFileRunsOnceAndInTheOrderOfItsNumber(t *testing.T) {
	db := open(t)
	files := fstest.MapFS{
		"00010_seen.sql":  script("INSERT INTO log VALUES ('ten');"),
		"00002_first.sql": script("CREATE TABLE log (word TEXT); -- a comment; with a semicolon\nCREATE TRIGGER twice AFTER INSERT ON log WHEN NEW.word = 'ten' BEGIN INSERT INTO log VALUES ('and'); INSERT INTO log VALUES ('more'); END;\nINSERT INTO log VALUES ('two');"),
		"readme.txt":      script("no schema"),
	}
	for range 2 {
		if err := migrate.Up(t.Context(), db, files); err != nil {
			t.Fatal(err)
		}
	}
	files["00011_last.sql"] = script("INSERT INTO log VALUES ('eleven');")
	if err := migrate.Up(t.Context(), db, files); err != nil {
		t.Fatal(err)
	}
	var words string
	if err := db.QueryRow(`SELECT group_concat(word, ' ' ORDER BY rowid) FROM log`).Scan(&words); err != nil || words != "two ten and more eleven" {
		t.Errorf("%q, %v", words, err)
	}
}

func TestAFileThatFailsChangesNothingAndIsNamed(t *testing.T) {
	db := open(t)
	files := fstest.MapFS{"00001_good.sql": script("CREATE TABLE log (word TEXT);"), "00002_bad.sql": script("INSERT INTO log VALUES ('half'); INSERT INTO nowhere VALUES (1);")}
	if err := migrate.Up(t.Context(), db, files); err == nil || !strings.Contains(err.Error(), "00002_bad.sql") || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("%v", err)
	}
	n := -1
	if err := db.QueryRow(`SELECT count(*) FROM log`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
	files["00002_bad.sql"] = script("INSERT INTO log VALUES ('whole');")
	if err := migrate.Up(t.Context(), db, files); err != nil {
		t.Errorf("mended: %v", err)
	}
	if err := migrate.Up(t.Context(), db, fstest.MapFS{"first.sql": script("")}); err == nil {
		t.Error("a file without a number is taken")
	}
}
