package httpapi

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/registry"
)

// schemas are the bodies of answers; a test holds real answers against them.
//
//go:embed schemas.json
var schemas []byte

// GET /openapi.json
func (s *Server) describe(w http.ResponseWriter, r *http.Request) error {
	description, err := s.description()
	if err != nil {
		return err
	}
	description.serve(w, r, revalidate)
	return nil
}

// describeOnce makes the description when it is first asked for.
func describeOnce(table []route) func() (*content, error) {
	return sync.OnceValues(func() (*content, error) {
		data, err := json.Marshal(openAPI(table))
		if err != nil {
			return nil, err
		}
		return newContent(data, ""), nil
	})
}

type object = map[string]any

// openAPI describes routes as OpenAPI 3.1.
func openAPI(table []route) object {
	paths := object{}
	for i := range table {
		r := &table[i]
		item, ok := paths[r.path].(object)
		if !ok {
			item = object{}
			paths[r.path] = item
		}
		item[strings.ToLower(r.method)] = operation(r)
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title":       "evctl registry",
			"version":     "1",
			"description": "Released versions of event contracts: reads, pushes through the compatibility gate, and verdicts on events.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"paths": paths,
		"components": object{
			"schemas": json.RawMessage(schemas),
			"securitySchemes": object{
				"token": object{"type": "http", "scheme": "bearer"},
			},
		},
	}
}

func operation(r *route) object {
	op := object{"operationId": r.id, "summary": r.summary, "responses": responses(r)}
	var parameters []object
	for _, name := range pathParameters(r.path) {
		parameters = append(parameters, object{
			"name": name, "in": "path", "required": true, "schema": object{"type": "string"},
		})
	}
	for _, p := range r.query {
		parameters = append(parameters, object{
			"name": p.name, "in": "query", "description": p.summary, "schema": object{"type": "string"},
		})
	}
	if parameters != nil {
		op["parameters"] = parameters
	}
	if r.body != nil {
		content := object{}
		for _, media := range r.body {
			content[media] = object{}
		}
		op["requestBody"] = object{"required": true, "content": content}
	}
	if slices.Contains(r.fails, registry.CodeUnauthorized) {
		op["security"] = []object{{"token": []string{}}}
	}
	return op
}

func pathParameters(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// responses describes what a route answers; codes of one status go together.
func responses(r *route) object {
	all := object{}
	for _, a := range r.answers {
		response := object{"description": a.summary}
		if a.schema != "" {
			response["content"] = answerContent(a)
		}
		all[strconv.Itoa(a.status)] = response
	}
	byStatus := map[int][]string{}
	for _, code := range append([]registry.Code{registry.CodeRequestInvalid, registry.CodeInternal}, r.fails...) {
		kind := registry.KindOf(code)
		if text := string(code) + ": " + kind.Summary; !slices.Contains(byStatus[kind.Status], text) {
			byStatus[kind.Status] = append(byStatus[kind.Status], text)
		}
	}
	for status, texts := range byStatus {
		all[strconv.Itoa(status)] = object{
			"description": strings.Join(texts, "; "),
			"content":     object{mediaJSON: object{"schema": reference("Error")}},
		}
	}
	return all
}

func answerContent(a answer) object {
	schema := object{"schema": reference(a.schema)}
	switch a.schema {
	case "Text":
		return object{"text/plain": schema}
	case "Verdicts":
		return object{mediaJSON: schema, mediaNDJSON: object{"schema": reference("Verdict")}}
	}
	return object{mediaJSON: schema}
}

func reference(schema string) object { return object{"$ref": "#/components/schemas/" + schema} }
