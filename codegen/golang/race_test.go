//go:build race

package golang

const raceDetector = true
