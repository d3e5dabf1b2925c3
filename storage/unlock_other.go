//go:build !unix || solaris || aix

package storage

import "os"

func unlock(*os.File) {}
