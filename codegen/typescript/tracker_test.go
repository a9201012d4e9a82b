package typescript

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// TestTracker_TakesWhatThePlanSays gives calls to the compiler: those that are right, and
// below @ts-expect-error those that are not.
func TestTracker_TakesWhatThePlanSays(t *testing.T) {
	tools := node(t)
	out := t.TempDir()
	codegentest.Write(t, filepath.Join(out, "src"), codegentest.Files(t, Target{}, codegentest.Model(t, shop), nil))
	compile(t, tools, out, `
import { accountSignedInEvent, events, isValid, orderRefundedEvent, type AccountSignedIn, type EventName } from "./src/index.js";
import { collector, createTracker, rudderstack, segment, snowplow, type Track } from "./src/tracker.js";

export const track: Track = createTracker({ sinks: [collector({ url: "/events" })] });

track(accountSignedInEvent, { account_id: "", sign_in_method: "passkey" });
track(accountSignedInEvent, { account_id: "", sign_in_method: "new", second_factor: null });
track(events["account.signed_in"], { account_id: "", sign_in_method: "passkey" });
// @ts-expect-error: a property is missing
track(accountSignedInEvent, { account_id: "" });
// @ts-expect-error: a property is one too many
track(accountSignedInEvent, { account_id: "", sign_in_method: "passkey", extra: 1 });
// @ts-expect-error: another type
track(accountSignedInEvent, { account_id: 1, sign_in_method: "passkey" });
// @ts-expect-error: not in the enum
track(accountSignedInEvent, { account_id: "", sign_in_method: "passkey", second_factor: "fax" });
// @ts-expect-error: the payload of another event
track(orderRefundedEvent, { account_id: "", sign_in_method: "passkey" });
// @ts-expect-error: no payload
track(accountSignedInEvent);
// @ts-expect-error: no such event
events["account.signed_off"];

export function receive(name: EventName, value: unknown): AccountSignedIn | undefined {
  if (name === "account.signed_in" && isValid(accountSignedInEvent, value)) return value;
  return undefined;
}

// What the SDKs declare.
declare const analytics: {
  track(eventName: string, properties?: object, options?: { context?: object; integrations?: object }, callback?: () => void): Promise<object>;
};
declare const rudderanalytics: { track(event: string, properties: object | null, options?: object | null, callback?: () => void): void };
declare function trackSelfDescribingEvent(event: { event: { schema: string; data: Record<string, unknown> }; context?: object[] }, trackers?: string[]): void;
createTracker({ sinks: [segment(analytics), rudderstack(rudderanalytics), snowplow(trackSelfDescribingEvent, "com.example")] });
`)
}

// TestIds_BrandedAreNoPlainOnes compiles with definitions that have types of their own.
func TestIds_BrandedAreNoPlainOnes(t *testing.T) {
	tools := node(t)
	out := t.TempDir()
	m := model(t, `
event: order.paid
version: 1.0.0
properties:
  order: {$ref: order_id, required: true}
  other: {$ref: customer_id}
definitions:
  order_id: {type: string, format: uuid}
  customer_id: {type: string, nullable: true}
`)
	codegentest.Write(t, filepath.Join(out, "src"), codegentest.Files(t, Target{}, m, map[string]string{"ids": "branded"}))
	compile(t, tools, out, `
import { isOrderPaidCustomerId, isOrderPaidOrderId, type OrderPaid } from "./src/index.js";

export function paid(text: string): OrderPaid | undefined {
  if (!isOrderPaidOrderId(text)) return undefined;
  // @ts-expect-error: a plain string is no customer
  const wrong: OrderPaid = { order: text, other: "1" };
  // @ts-expect-error: an order is no customer
  const mixed: OrderPaid = { order: text, other: text };
  void wrong, mixed;
  return { order: text };
}
export const plain: (value: unknown) => boolean = isOrderPaidCustomerId;
`)
	formatted(t, tools, out)
}

// TestTracker_DeliversWhatIsValid runs the tracker in Node.js, against a server that fails in
// all the ways that servers do.
func TestTracker_DeliversWhatIsValid(t *testing.T) {
	run(t, ".", []string{"node", filepath.Join(installed(t, "testdata/run"), "tracker.mjs"), compiled(t, codegentest.Model(t, shop))})
}

// TestReadme_ExamplesCompile compiles each example of README.md as a module.
func TestReadme_ExamplesCompile(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	codegentest.Write(t, filepath.Join(out, "gen", "ts"), codegentest.Files(t, Target{}, codegentest.Model(t, shop), nil))
	files := []codegen.File{{Path: "package.json", Content: []byte(`{"type": "module"}`)}}
	args := slices.Clone(strictest)
	for i, m := range regexp.MustCompile("(?s)```ts\n(.*?)```").FindAllSubmatch(text, -1) {
		name := fmt.Sprintf("example%d.ts", i)
		files = append(files, codegen.File{Path: name, Content: m[1]})
		args = append(args, name)
	}
	if len(files) < 4 {
		t.Fatalf("only %d examples", len(files)-1)
	}
	codegentest.Write(t, out, files)
	run(t, out, node(t).tsc, args...)
}
