package main

type killsCmd struct{}

func (c *killsCmd) Run() error { return nil }

type prepareCmd struct{}

func (c *prepareCmd) Run() error { return nil }
