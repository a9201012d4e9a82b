// Package linttest runs the fixtures of rules: the examples that evctl explain
// shows. It is for tests only.
package linttest
