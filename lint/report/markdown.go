package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// noFile stands for the file of findings about the workspace as a whole.
const noFile = "workspace"

// writeMarkdown prints a table for each file, for comments on pull requests.
func writeMarkdown(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "**evctl lint**: %s\n", r.summary())
	shown := r.shown()
	file := ""
	for i := range shown {
		d := &shown[i]
		if path := pathOf(d.Location); i == 0 || path != file {
			file = path
			title := MarkdownCode(file)
			if file == "" {
				title = noFile
			}
			fmt.Fprintf(b, "\n### %s\n\n| line | severity | finding | rule |\n|---:|---|---|---|\n", title)
		}
		text := Markdown(d.Message)
		if d.Witness != nil {
			text += "<br>" + MarkdownWitness(d.Witness)
		}
		if d.Hint != "" {
			text += "<br>" + Markdown(d.Hint)
		}
		fmt.Fprintf(b, "| %d | %s | %s | %s |\n", d.Position().Line, d.Severity, text, MarkdownCode(d.Rule))
	}
	if left := len(r.Diagnostics) - len(shown); left > 0 {
		fmt.Fprintf(b, "\n… and %d more.\n", left)
	}
	return b.Flush()
}

// markdownEscape keeps text from being read as markup, HTML or the end of a cell, and
// names from mentioning people.
var markdownEscape = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "#", `\#`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "\n", " ", "\r", " ", "://", "&#58;//",
)

// cellRunes is how much of a payload a table's cell shows: hosts cut or refuse comments
// that are long, and json has it whole.
const cellRunes = 1000

// MarkdownWitness is what a table's cell says of a witness.
func MarkdownWitness(w *diag.Witness) string {
	accepts, rejects := w.Sides()
	payload := string(w.Payload)
	if runes := []rune(payload); len(runes) > cellRunes {
		payload = string(runes[:cellRunes]) + "…"
	}
	return fmt.Sprintf("%s accepts, %s rejects %s", Markdown(accepts), Markdown(rejects), MarkdownCode(payload))
}

// Markdown is text that holds user text, safe in a paragraph or a table's cell; other
// commands that print tables use it too.
func Markdown(text string) string { return markdownEscape.Replace(clean(text)) }

// MarkdownCode is text in a code span; text with backticks or bars, which would end it, is
// escaped instead.
func MarkdownCode(text string) string {
	if text == "" || strings.ContainsAny(text, "`|\n\r") {
		return Markdown(text)
	}
	return "`" + clean(text) + "`"
}
