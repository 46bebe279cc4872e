package escpos_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// receiptio installs the client, once in a user's cache, and gives the folder. A machine that cannot install it skips the test.
func receiptio(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("there is no cache folder: %v", err)
	}
	dir := filepath.Join(cache, "rathausnah", "receiptio-2.1.2")
	cli := filepath.Join(dir, "node_modules", "receiptio", "bin", "cli.js")
	if _, err := os.Stat(cli); err == nil {
		return cli
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Skipf("the cache cannot be written: %v", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), ".receiptio-*") // whole or not at all, whoever installs at the same time
	if err != nil {
		t.Skipf("the cache cannot be written: %v", err)
	}
	defer os.RemoveAll(fresh)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", fresh,
		"receiptio@2.1.2", "receiptline@1.16.5", "iconv-lite@0.6.3", "pngjs@5.0.0", "safer-buffer@2.1.2")
	if out, err := npm.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install receiptio: %v\n%s", err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		if _, there := os.Stat(cli); there != nil {
			t.Skipf("the cache cannot be written: %v", err)
		}
	}
	return cli
}

// A client that is not ours prints on the emulator, as it would on any printer: it asks what printer this is, has it report by itself,
// sends its slip, and waits for the answer that it is done. What it printed can be read by a third one.
func TestAnotherClientPrintsOnTheEmulator(t *testing.T) {
	cli := receiptio(t)
	for name, args := range map[string][]string{"it finds out": nil, "native": {"-p", "escpos"}, "generic": {"-p", "generic"}, "narrow": {"-c", "32"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if keep := os.Getenv("KEEP_SLIP"); keep != "" {
				dir = filepath.Join(keep, "receiptio-"+strings.Fields(name)[0])
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			columns := 48
			if name == "narrow" {
				columns = 32
			}
			emu, err := escposemu.New(escposemu.Opts{Dir: dir, Columns: columns})
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", "127.0.0.1:9100") // the client knows no other port
			for host := 2; err != nil && host < 200; host++ {
				l, err = net.Listen("tcp", net.JoinHostPort("127.0.0."+strconv.Itoa(host), "9100"))
			}
			if err != nil {
				t.Skipf("no address has port 9100 free: %v", err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			served := make(chan struct{})
			go func() {
				defer close(served)
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_ = emu.Serve(ctx, port.Conn(c))
				}
			}()
			defer func() { cancel(); l.Close(); <-served }()
			host, _, err := net.SplitHostPort(l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			slip := "^^^Für Sie\n\nLeistung | Parkausweis\nBezahlt | \"30,70 €\"\n---\n\n{code:" + key + ";option:qrcode,4,M}\n\n\"^^Weiß auf schwarz\n`invertiert`\n_Łódź_ Жуков\n\n{code:BO264T7K;option:code128,2,72,hri}\n"
			cmd := exec.CommandContext(t.Context(), "node", append([]string{cli, "-d", host, "-l", "de", "-t", "20"}, args...)...)
			cmd.Stdin = strings.NewReader(slip)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil || strings.TrimSpace(errs.String()) != "success" {
				t.Fatalf("%q, %v\n%s", out.String(), err, errs.String())
			}
			slips := emu.Slips()
			if len(slips) != 1 || len(slips[0].Parts) != 1 {
				t.Fatalf("%d slips", len(slips))
			}
			said := strings.Join(slips[0].Text[0], "\n")
			for _, want := range []string{"Für Sie", "Parkausweis", "30,70 €", "────", "Łódź Жуков"} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not on the paper:\n%s", want, said)
				}
			}
			codes, err := exec.Command("zbarimg", "-q", filepath.Join(dir, "slip-1.png")).Output()
			if err != nil || !strings.Contains(string(codes), "QR-Code:"+key) || !strings.Contains(string(codes), "CODE-128:BO264T7K") {
				t.Errorf("the codes are %q, %v", codes, err)
			}
		})
	}
}
