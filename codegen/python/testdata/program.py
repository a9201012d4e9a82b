"""What a program does with the package generated from the demo workspace."""

import json

import shop
from shop.card_payment import CardPayment
from shop.line_item import LineItem
from shop.money import Money, MoneyCurrency
from shop.order_completed import OrderCompleted, OrderCompletedPaymentCardVariant

order = OrderCompleted(
    order_id="7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b",
    total=Money(amount_minor=8480, currency=MoneyCurrency.EUR),
    delivery_fee=None,
    items=[LineItem(sku="SHOE-42-RED", quantity=1, unit_price=Money(amount_minor=7990, currency="CHF"))],
    payment=OrderCompletedPaymentCardVariant(CardPayment(scheme="visa", last_digits="4242")),
    page_url="https://shop.example/checkout/done",
)
assert order.coupon_code is shop.UNSET
members = order.to_json()
assert members["delivery_fee"] is None and "coupon_code" not in members and "locale" not in members
assert members["payment"] == {"method": "card", "scheme": "visa", "last_digits": "4242"}
assert OrderCompleted.from_json(json.loads(json.dumps(members))) == order
assert shop.decode(OrderCompleted.EVENT, members) == order
if isinstance(order.payment, OrderCompletedPaymentCardVariant):
    digits: str = order.payment.value.last_digits
    assert digits == "4242"
try:
    shop.decode("order.completed", {**members, "items": [{"sku": 1}]})
except shop.PayloadError as error:
    assert error.pointer == "/items/0/sku", error
else:
    raise AssertionError("the payload was taken")
print("ok")
