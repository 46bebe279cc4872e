package photo_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// phonePhoto is a photo of 12 megapixels as a phone held upright writes it, drawn once for all tests.
var phonePhoto = sync.OnceValue(func() []byte {
	return phototest.Camera(4032, 3024, phototest.Notes{Orientation: 6})
})

// worker names the file that the test's own program, started again, prepares; "-" prepares nothing. It answers with the most memory it had.
const worker = "PHOTO_TEST_PREPARE"

func TestMain(m *testing.M) {
	name := os.Getenv(worker)
	if name == "" {
		os.Exit(m.Run())
	}
	if name != "-" {
		data, err := os.ReadFile(name)
		if err == nil {
			_, err = photo.Prepare(data, photo.Options{})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, most, _ := bytes.Cut(status, []byte("VmHWM:"))
	fmt.Println(string(bytes.Fields(most)[0]))
	os.Exit(0)
}

func TestAPhonesPhotoFitsIntoASmallMemory(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("takes seconds, and reads a process's greatest memory from /proc")
	}
	name := t.TempDir() + "/photo.jpg"
	if err := os.WriteFile(name, phonePhoto(), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	most := func(file string) int {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), worker+"="+file)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		kib, err := strconv.Atoi(string(bytes.TrimSpace(out)))
		if err != nil {
			t.Fatal(err)
		}
		return kib >> 10
	}
	empty, full := most("-"), most(name)
	t.Logf("a fresh process %d MiB, with 12 megapixels %d MiB", empty, full)
	if full-empty > 150 {
		t.Errorf("12 megapixels take %d MiB", full-empty)
	}
}

func BenchmarkPrepare(b *testing.B) {
	data := phonePhoto()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := photo.Prepare(data, photo.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPeer(b *testing.B) {
	data := phonePhoto()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := phototest.Peer(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEdit(b *testing.B) {
	data := phonePhoto()
	for b.Loop() {
		p, err := photo.Read(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Edit(photo.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
