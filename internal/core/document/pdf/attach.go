package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

// errUpdate says that the library writes its files otherwise than it did when this was written.
var errUpdate = errors.New("pdf: attach: the file's end is not as expected")

var (
	trailer = regexp.MustCompile(`(?s)trailer\n<<\n/Size (\d+)\n/Root (\d+) 0 R\n(/Info \d+ 0 R\n.*?)>>\nstartxref\n(\d+)\n%%EOF\n?$`)
	noFiles = regexp.MustCompile(`/EmbeddedFiles << /Names \[\s*\] >>`)
)

// attach puts files into a finished PDF, as an update at its end (ISO 32000-1, 7.5.6). The library can attach files too, but says neither their
// media type nor what they are to the document (AFRelationship), which PDF/A-3 and the programs that take the data out by themselves look for.
//
// The file does not call itself PDF/A-3: the library writes no output intent with a colour profile of ours and no structure tree.
func attach(file []byte, files []document.File) ([]byte, error) {
	if len(files) == 0 {
		return file, nil
	}
	end := file[max(0, len(file)-1024):]
	m := trailer.FindSubmatch(end)
	if m == nil {
		return nil, errUpdate
	}
	size, root, xref := atoi(m[1]), atoi(m[2]), atoi(m[4])
	catalog, err := object(file, root, xref)
	if err != nil {
		return nil, err
	}
	u := update{out: bytes.NewBuffer(bytes.Clone(file)), next: size, offsets: map[int]int{}}
	var specs, names strings.Builder
	for i, x := range files {
		n, err := u.embed(x)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&specs, "%d 0 R ", n)
		fmt.Fprintf(&names, "(%04d) %d 0 R ", i, n) // sorted, as a name tree has to be
	}
	if !noFiles.Match(catalog) {
		return nil, errUpdate
	}
	catalog = noFiles.ReplaceAll(catalog, []byte("/EmbeddedFiles << /Names [ "+names.String()+"] >>"))
	u.object(root, string(bytes.TrimSuffix(bytes.TrimRight(catalog, "\n"), []byte(">>")))+"/AF [ "+specs.String()+"]\n>>")
	u.finish(root, string(m[3]), xref)
	return u.out.Bytes(), nil
}

func atoi(b []byte) int {
	n, _ := strconv.Atoi(string(b)) // digits by the expression; a number too large is found out by object
	return n
}

// object gives a dictionary of a file by the file's table of offsets.
func object(file []byte, n, xref int) ([]byte, error) {
	if xref < 0 || xref >= len(file) {
		return nil, errUpdate
	}
	_, table, ok := bytes.Cut(file[xref:], []byte("\n0 "))
	_, table, ok2 := bytes.Cut(table, []byte("\n"))
	if at := n * 20; ok && ok2 && at+20 <= len(table) { // each line has twenty bytes
		offset := atoi(table[at : at+10])
		head := fmt.Appendf(nil, "%d 0 obj\n", n)
		if offset > 0 && offset < len(file) && bytes.HasPrefix(file[offset:], head) {
			if body, _, ok := bytes.Cut(file[offset+len(head):], []byte("\nendobj")); ok && bytes.HasPrefix(body, []byte("<<")) {
				return body, nil
			}
		}
	}
	return nil, errUpdate
}

type update struct {
	out     *bytes.Buffer
	next    int // number of the next new object
	offsets map[int]int
}

func (u *update) object(n int, body string) {
	u.offsets[n] = u.out.Len()
	fmt.Fprintf(u.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

// embed adds a file and gives the number of its specification.
func (u *update) embed(x document.File) (int, error) {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(x.Data); err != nil {
		return 0, fmt.Errorf("pdf: attach: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("pdf: attach: %w", err)
	}
	sum := md5.Sum(x.Data) // what the format asks for; nothing is decided by it
	stream := u.next
	u.object(stream, fmt.Sprintf("<< /Type /EmbeddedFile /Subtype /%s /Filter /FlateDecode /Length %d /Params << /Size %d /CheckSum <%s> /ModDate (D:%s) >> >>\nstream\n%s\nendstream",
		name(x.Type), packed.Len(), len(x.Data), hex.EncodeToString(sum[:]), made.Format("20060102150405Z"), packed.String()))
	u.object(stream+1, fmt.Sprintf("<< /Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Data /EF << /F %d 0 R /UF %d 0 R >> >>",
		utf16Text(x.Name), utf16Text(x.Name), utf16Text(x.Text), stream, stream))
	u.next += 2
	return stream + 1, nil
}

// finish writes the table of what is new, and the trailer.
func (u *update) finish(root int, info string, prev int) {
	at := u.out.Len()
	fmt.Fprintf(u.out, "xref\n%d 1\n%010d 00000 n \n", root, u.offsets[root])
	first := u.next - (len(u.offsets) - 1)
	fmt.Fprintf(u.out, "%d %d\n", first, u.next-first)
	for n := first; n < u.next; n++ {
		fmt.Fprintf(u.out, "%010d 00000 n \n", u.offsets[n])
	}
	fmt.Fprintf(u.out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n%s/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", u.next, root, info, prev, at)
}

// name writes a media type as a PDF name: "application#2Fjson".
func name(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c == '-' || c == '.' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "#%02X", c)
		}
	}
	return b.String()
}

// utf16Text writes a text in hexadecimal digits, which need no escaping.
func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, c := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", c)
	}
	return b.String() + ">"
}
