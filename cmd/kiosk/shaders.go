//go:build gles

package main

import gl "github.com/go-gl/gl/v3.1/gles2"

// releaseShaders tells the window system that no shader will be compiled for a while. The window's context has to be current.
func releaseShaders() { gl.ReleaseShaderCompiler() }
