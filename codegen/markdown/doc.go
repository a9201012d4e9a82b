// Package markdown writes the reference of a tracking plan for people: an index, and a
// page for each event, shared definition and fragment that the events use.
//
// The pages are GitHub's Markdown, which other renderers show as well. Everything that
// contracts say is text: it is escaped, so that no description can become a heading,
// HTML, or a link with another text than its address, which GitHub makes of addresses. Anchors are made of names in code and do not move when something is
// added: #order-completed is a type, #order-completed.order-id a property of it.
package markdown
