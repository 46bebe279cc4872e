package main

type serviceCmd struct {
	Import serviceImportCmd `cmd:"" help:"Make a service's folder of a FIM data field schema (XDatenfelder)."`
}
