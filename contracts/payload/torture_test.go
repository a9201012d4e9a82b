package payload_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/formats"
)

// torture is a contract with every keyword of the language, a property for each format,
// and an object with more properties than fit into any set of bits.
func torture(t testing.TB) *contracts.Contract {
	t.Helper()
	text, err := os.ReadFile("testdata/torture.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range formats.Table {
		fmt.Fprintf(&all, "  f_%s: {type: string, format: %s}\n", f.Name, f.Name)
	}
	head, rest, _ := strings.Cut(string(text), "  # numbers\n")
	wide := "define: wide\ntype: object\nrequireAny: [[p0, p63], [p64, p299]]\nproperties:\n"
	for i := range 300 {
		wide += fmt.Sprintf("  p%d: {type: [integer, string], minimum: 0, maxLength: 1, required: %v}\n", i, i%100 == 70)
	}
	return event(t, head+all.String()+"  # numbers\n"+rest, wide)
}

// tortured are payloads of the contract and whether they are valid.
var tortured = map[string]bool{
	`{"s":""}`: true, `{"i":1,"n":1}`: true, `{"i":1}`: false, `{}`: false, `{"s":"","x":1}`: false, `{"\u0073":"\u0000"}`: true,
	`{"s":"","len":"é😀"}`: true, `{"s":"","len":"é"}`: false, `{"s":"","len":"\ud83d\ude00\ud83d\ude00\u0041\n"}`: true, `{"s":"","len":"\ud83d\ude00"}`: false,
	`{"s":"","long":"aaaaaaaaaaaaaaa😀"}`: true, `{"s":"","long":"ééééééééééééééé"}`: false, `{"s":"","none":""}`: true, `{"s":"","none":"\u0000"}`: false,
	`{"s":"","pat":"ab"}`: true, `{"s":"","pat":"\u0061\u0062"}`: true, `{"s":"","pat":"ab\n"}`: false, `{"s":"","find":"aé."}`: true,
	`{"s":"","dot":"😀 "}`: true, `{"s":"","dot":"\n "}`: false, `{"s":"","dot":"a\u00a0"}`: false, `{"s":"","dot":"a\u000b"}`: false,
	`{"s":"","en":"\ud83d\ude00"}`: true, `{"s":"","en":""}`: true, `{"s":"","en":"\""}`: true, `{"s":"","en":"cARD"}`: false, `{"s":"","enn":null}`: true, `{"s":"","en":null}`: false,
	`{"s":"","i":1.0}`: true, `{"s":"","i":-0.0e7}`: true, `{"s":"","i":10e-1}`: true, `{"s":"","i":1e-1}`: false, `{"s":"","i":12345678901234567890.5}`: false,
	`{"s":"","ib":9007199254740993}`: false, `{"s":"","ib":-2.00}`: true, `{"s":"","ib":-2.0000000000000000000000001}`: false, `{"s":"","ib":900719925474099.2E1}`: true,
	`{"s":"","ix":9}`: true, `{"s":"","ix":0}`: false, `{"s":"","ix":90e-1}`: true, `{"s":"","ix":4}`: false, `{"s":"","ih":7}`: true, `{"s":"","ih":0.5}`: false,
	`{"s":"","nb":0.1}`: true, `{"s":"","nb":0.09999999999999999999}`: false, `{"s":"","nb":1E+2}`: true, `{"s":"","nb":100.0000000000000000001}`: false,
	`{"s":"","cent":19.99}`: true, `{"s":"","cent":1999e-2}`: true, `{"s":"","cent":0.001}`: false, `{"s":"","cent":-0}`: true, `{"s":"","cent":4.350}`: true,
	`{"s":"","fine":0.0000001}`: true, `{"s":"","fine":1e-7}`: true, `{"s":"","fine":1e-8}`: false, `{"s":"","fine":0.00000015}`: false, `{"s":"","fine":123456789012345678901.1234567}`: true,
	`{"s":"","big":1e18}`: true, `{"s":"","big":1000000000000000001}`: false, `{"s":"","big":1e301}`: false, `{"s":"","big":5e299}`: true, `{"s":"","big":999999999999999999}`: false,
	`{"s":"","ne":100.0}`: true, `{"s":"","ne":9007199254740992}`: false, `{"s":"","ne":15e-1}`: true, `{"s":"","ne":-0}`: true,
	`{"s":"","mix":1.0}`: true, `{"s":"","mix":"1.0"}`: false, `{"s":"","mix":true}`: true, `{"s":"","mix":false}`: false, `{"s":"","sc":null}`: true, `{"s":"","sc":0.99}`: false,
	`{"s":"","bt":null}`: true, `{"s":"","bt":false}`: false, `{"s":"","any":{"a":[{"a":null}]}}`: true, `{"s":"","any":{"a":1,"\u0061":2}}`: false,
	`{"s":"","ints":[0,1,2]}`: true, `{"s":"","ints":[]}`: false, `{"s":"","ints":[0,1,2,3]}`: false, `{"s":"","ints":[-1]}`: false,
	`{"s":"","uniq":[1,"1",true,[1],{"a":1},null,false,[],{},[[]]]}`: true, `{"s":"","uniq":[{"a":1,"b":2.0},{"b":2,"\u0061":1}]}`: false, `{"s":"","uniq":[0,-0]}`: false,
	`{"s":"","uniq":[1,2,3,4,5,6,7,8,9,10,1.0e1]}`: false, `{"s":"","us":["a","\u0061"]}`: false, `{"s":"","us":null}`: true, `{"s":"","ui":[1,1.5,15e-1]}`: false,
	`{"s":"","grid":[[],[[1,"a"]],[[1]]]}`: true, `{"s":"","grid":[[[1,2,3]]]}`: false, `{"s":"","list":[null,{"sku":"A-1","n":1}]}`: true, `{"s":"","list":[{"n":1}]}`: false,
	`{"s":"","map":{"":1}}`: true, `{"s":"","mv":{}}`: false, `{"s":"","mv":{"a":1,"b":1,"c":1}}`: true, `{"s":"","mk":{"\u00e9":1}}`: true, `{"s":"","mk":{"é1":1}}`: false,
	`{"s":"","ml":{"\ud83d\ude00":null}}`: true, `{"s":"","ml":{"":null}}`: false, `{"s":"","me":{"é":["x"]}}`: true, `{"s":"","me":{"c":[]}}`: false, `{"s":"","mm":{"a":{"A":true}}}`: false,
	`{"s":"","open":{"b":1,"a":1}}`: true, `{"s":"","open":{"b":1,"b":1}}`: false, `{"s":"","open":{"b":1,"\u0062":1}}`: false, `{"s":"","open":{"é":1,"\u00e9":1}}`: false, `{"s":"","open":{"q\u0022":1}}`: true,
	`{"s":"","typed":{"a":"","b":1}}`: true, `{"s":"","typed":{"b":1}}`: false, `{"s":"","typed":{"a":"","b":""}}`: false, `{"s":"","empty":{}}`: true, `{"s":"","empty":{"":1}}`: false,
	`{"s":"","pp":{"x_a":"abc"}}`: true, `{"s":"","pp":{"x_a":1}}`: false, `{"s":"","pp":{"x_":1,"y_a":true}}`: true, `{"s":"","pp":{"y":1}}`: false, `{"s":"","pp":{"\u0078_":"abcd"}}`: false,
	`{"s":"","ppo":{"x":1,"y":"x"}}`: true, `{"s":"","ppo":{"x":"","y":""}}`: false, `{"s":"","ppo":{}}`: false, `{"s":"","any2":{"b":1,"c":null}}`: true, `{"s":"","any2":{"b":1}}`: false,
	`{"deep":{"x":{"x":{"x":{"x":1}}}}}`: true, `{"deep":{"x":{"x":{"x":{"x":""}}}}}`: false, `{"deep":{"a":1,"x":{"a":1,"x":{"a":1,"x":{}}}}}`: true,
	`{"s":"","wide":{"p70":1,"p170":1,"p270":1,"p0":1,"p63":1}}`: true, `{"s":"","wide":{"p299":1,"p64":"","p70":1,"p170":1,"p270":1}}`: true, `{"s":"","wide":{"p70":1,"p170":1,"p270":1,"p0":1}}`: false,
	`{"s":"","wide":{"p70":1,"p170":1,"p270":1,"p0":1,"p63":1,"p299":1,"p299":1}}`: false, `{"s":"","wide":{"p70":1,"p170":1,"p270":1,"p0":1,"p63":1,"p300":1}}`: false,
	`{"s":"","u":"abc"}`: true, `{"s":"","u":"abcd"}`: false, `{"s":"","u":[1,2.0]}`: true, `{"s":"","u":null}`: false, `{"s":"","un":null}`: true, `{"s":"","un":4}`: true, `{"s":"","un":11}`: false,
	`{"s":"","ux":3}`: true, `{"s":"","ux":4}`: false, `{"s":"","ux":12}`: true, `{"s":"","ux":"ab"}`: false, `{"s":"","ux":"a"}`: true, `{"s":"","ux":"c"}`: false,
	`{"s":"","uo":{"x":1}}`: false, `{"s":"","uo":{"x":1.5}}`: true, `{"s":"","uo":{"y":"a"}}`: false, `{"s":"","uo":{"z":"a"}}`: true, `{"s":"","uo":{}}`: false,
	`{"s":"","uu":[]}`: true, `{"s":"","uu":["a",1]}`: true, `{"s":"","uu":["a","b","c"]}`: true, `{"s":"","uu":["a",1,2]}`: false, `{"s":"","uu":[1,2,2]}`: false,
	`{"s":"","tag":{"kind":"card","last":"4242"}}`: true, `{"s":"","tag":{"last":"4242","x":"y","kind":"card"}}`: true, `{"s":"","tag":{"\u006bind":"\u0063ard"}}`: true,
	`{"s":"","tag":{"kind":"bill"}}`: false, `{"s":"","tag":{"kind":1}}`: false, `{"s":"","tag":{}}`: false, `{"s":"","tag":null}`: true, `{"s":"","tag":{"kind":""}}`: true, `{"s":"","tag":{"kind":"\u00e9","x":1}}`: true,
	`{"s":"","tag":{"kind":"card","kind":"card"}}`: false, `{"s":"","tag":{"kind":"card","\u006bind":"bill"}}`: false, `{"s":"","tag":[]}`: false, `{"s":"","tag":{"kind":"e\u0301","x":1}}`: false,
	`{"s":"","tags":[{"in":{"z":{"kind":"q"},"kind":"p"},"t":"node"},{"t":"leaf","v":[]}]}`: true, `{"s":"","tags":[{"in":{"kind":"Q"},"t":"node"}]}`: true, `{"s":"","tags":[{"in":{"kind":"q"},"t":"node"}]}`: false, `{"s":"","tags":[{"t":"node","in":null}]}`: false,
}

func TestValid_HasTheVerdictsOfTheTortureContract(t *testing.T) {
	j := newJudges(t, torture(t))
	for raw, want := range tortured {
		if got := j.judge(t, []byte(raw)); got != want {
			t.Errorf("%s: valid is %v %v", raw, got, j.own.Validate([]byte(raw)))
		}
	}
	for _, f := range formats.Table {
		for _, text := range append([]string{f.Example}, formatSamples[f.Name]...) {
			for _, quoted := range []string{fmt.Sprintf("%q", text), near{rand: someRand()}.escaped(text)} {
				raw := fmt.Sprintf(`{"s":"","f_%s":%s}`, f.Name, quoted)
				if got := j.judge(t, []byte(raw)); got != f.Valid(text) {
					t.Errorf("%s: valid is %v", raw, got)
				}
			}
		}
	}
}

// TestValid_AgreesOnTheTortureContract draws payloads of the contract near to the edge.
func TestValid_AgreesOnTheTortureContract(t *testing.T) {
	c := torture(t)
	j := newJudges(t, c)
	rapid.Check(t, func(t *rapid.T) {
		n := newNear(t)
		for range 2 {
			v := n.payload(c)
			j.judge(t, v.text(nil))
			n.respell(v)
			raw := v.text(n.spaces())
			j.judge(t, raw)
			j.judge(t, n.corrupted(raw))
		}
	})
}

// FuzzValid compares all judges of the torture contract on any bytes.
func FuzzValid(f *testing.F) {
	for raw := range tortured {
		f.Add([]byte(raw))
	}
	for raw := range hostile {
		f.Add([]byte(raw))
	}
	j := newJudges(f, torture(f))
	f.Fuzz(func(t *testing.T, raw []byte) { j.judge(t, raw) })
}
