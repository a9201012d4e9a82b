// Package storetest is what every store of the registry must do, as tests. It is
// for tests only.
package storetest
