// The page of the browser test: tracks events of the shop to the collector beside it.
import { accountSignedInEvent, checkoutStepCompletedEvent } from "./src/index.ts";
import { collector, createTracker, type TrackedEvent } from "./src/tracker.ts";

const faults: string[] = [];

const sink = collector({
  url: "/v1/validate",
  batch: 2,
  wait: 60_000,
  envelope: ({ id, name, version, time, properties }: TrackedEvent) => ({
    id,
    event: name,
    version,
    sent_at: time,
    source: "web",
    properties,
  }),
});

const track = createTracker({
  sinks: [sink],
  onInvalid: (fault, { name }) => {
    faults.push(name + " " + fault);
    return false;
  },
});

Object.assign(globalThis, {
  faults,
  flush: () => sink.flush(),
  // signedIn tracks n valid events.
  signedIn(n: number) {
    for (let i = 0; i < n; i++) {
      track(accountSignedInEvent, {
        account_id: "2b6f0cc9-3a71-4a43-a6a7-2c8f5f0d9a01",
        sign_in_method: "passkey",
        second_factor: null,
      });
    }
  },
  // wrong tracks what only the check can tell.
  wrong() {
    track(checkoutStepCompletedEvent, {
      checkout_id: "no uuid",
      step: "delivery",
      page_url: "https://shop.example/",
    });
    track(accountSignedInEvent, {
      account_id: "2b6f0cc9-3a71-4a43-a6a7-2c8f5f0d9a01",
      sign_in_method: "passkey",
      ip_address: "300.0.0.1",
    });
  },
});
