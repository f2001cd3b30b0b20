from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.apps.shopping import CartItem, Item, Order, Product
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulEmailApp
from pare.apps.shopping import StatefulShoppingApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_kettle_recall")
class KettleRecall(PAREScenario):
    """A kettle is called back: the agent cancels the order and buys another with a code."""

    start_time = datetime(2025, 2, 10, 12, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.email = StatefulEmailApp(name="Emails")
        self.shopping = StatefulShoppingApp(name="Shopping")
        self.shopping.products["kettle"] = Product(
            name="Whistling kettle",
            product_id="kettle",
            variants={
                "steel": Item(price=30.0, available=True, item_id="steel", options={"body": "steel"}),
                "glass": Item(price=50.0, available=True, item_id="glass", options={"body": "glass"}),
            },
        )
        self.shopping.orders["o1"] = Order(
            order_status="processed",
            order_date=self.start_time - 3600,
            order_total=30.0,
            order_id="o1",
            order_items={"steel": CartItem(item_id="steel", quantity=1, price=30.0)},
        )
        self.teapot = self.shopping.add_product("Teapot")
        self.shopping.add_item_to_product(product_id=self.teapot, price=18.0, options={"colour": "blue"})
        self.apps = [self.agent_ui, self.system_app, self.email, self.shopping]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        email_app = self.get_typed_app(StatefulEmailApp, "Emails")
        shopping_app = self.get_typed_app(StatefulShoppingApp, "Shopping")
        with EventRegisterer.capture_mode():
            gone = shopping_app.update_item(item_id="steel", new_availability=False).delayed(5)
            code = shopping_app.add_discount_code(item_id="glass", discount_code={"SORRY": 20.0}).depends_on(
                gone, delay_seconds=1
            )
            recall = email_app.send_email_to_user_with_id(
                email_id="recall",
                sender="care@kettles.example",
                subject="Recall of order o1",
                content="The steel kettle leaks. Cancel o1; the glass one is 20% off with SORRY.",
            ).depends_on(code, delay_seconds=4)
            orders = shopping_app.list_orders().oracle().depends_on(recall, delay_seconds=2)
            codes = (
                shopping_app.get_discount_code_info(discount_code="SORRY")
                .oracle()
                .depends_on(orders, delay_seconds=1)
            )
            offer = aui.send_message_to_user(
                content="Cancel the steel kettle, buy the glass one for 40?"
            ).oracle()
            offer = offer.depends_on(codes, delay_seconds=1)
            yes = aui.accept_proposal(content="ok").oracle().depends_on(offer, delay_seconds=1)
            cancel = shopping_app.cancel_order(order_id="o1").oracle().depends_on(yes, delay_seconds=1)
            cart = (
                shopping_app.add_to_cart(item_id="glass", quantity=1)
                .oracle()
                .depends_on(cancel, delay_seconds=1)
            )
            buy = shopping_app.checkout(discount_code="SORRY").oracle().depends_on(cart, delay_seconds=1)
            shown = shopping_app.update_order_status(order_id="o1", status="cancelled").depends_on(
                recall, delay_seconds=3000
            )
        self.events = [gone, code, recall, orders, codes, offer, yes, cancel, cart, buy, shown]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            calls = [
                (e.action.function_name, e.action.args)
                for e in env.event_log.list_view()
                if e.event_type == EventType.AGENT
                and isinstance(e.action, Action)
                and e.action.class_name == "StatefulShoppingApp"
            ]
            cancelled = any(name == "cancel_order" and args["order_id"] == "o1" for name, args in calls)
            bought = any(name == "checkout" and args["discount_code"] == "SORRY" for name, args in calls)
            return ScenarioValidationResult(success=cancelled and bought)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
