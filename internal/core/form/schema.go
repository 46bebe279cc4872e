package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// leaf is what the schema says about one answer, as far as the layout wants to know.
type leaf struct {
	max      int
	list     bool
	required bool
}

// node is the part of JSON Schema that a form's data is described with: nested objects with properties.
type node struct {
	Type       any             `json:"type"`
	Properties map[string]node `json:"properties"`
	Required   []string        `json:"required"`
	MaxLength  int             `json:"maxLength"`
}

// nowhere refuses references that would have to be fetched.
type nowhere struct{}

func (nowhere) Load(string) (any, error) {
	return nil, fmt.Errorf("references to other files are not followed")
}

func (f *Form) readSchema(data []byte) (map[string]leaf, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	compiler.UseLoader(nowhere{})
	const name = "schema:form"
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, err
	}
	if f.schema, err = compiler.Compile(name); err != nil {
		return nil, err
	}
	var root node
	if err := decode(data, &root); err != nil {
		return nil, err
	}
	leaves := map[string]leaf{}
	collect(leaves, "", root, true)
	return leaves, nil
}

func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the end")
	}
	return nil
}

func collect(leaves map[string]leaf, at string, n node, required bool) {
	if n.Properties == nil {
		leaves[at] = leaf{max: n.MaxLength, list: n.Type == "array", required: required && at != ""}
		return
	}
	for name, p := range n.Properties {
		need := false
		for _, r := range n.Required {
			need = need || r == name
		}
		collect(leaves, at+"/"+escape(name), p, required && need)
	}
}
