//go:build !linux

package main

import "errors"

// send is written for Linux.
func (*load) send() (*outcome, error) { return nil, errors.New("requests can be sent on Linux only") }
