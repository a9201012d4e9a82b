// Package warehouse decides which table an event has: which columns, what is in them and
// how five warehouses write their names and types. The targets that print SQL and dbt
// projects agree because they ask here.
//
// It prints nothing, and knows no steps between versions.
package warehouse
