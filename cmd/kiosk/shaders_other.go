//go:build !gles

package main

// releaseShaders does nothing: without the flag gles Fyne draws with another library, and the functions of this one were never loaded.
func releaseShaders() {}
