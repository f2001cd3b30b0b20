"""A lamp is ordered with a code that comes late, and the order follows its way by placeholders."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.shopping import Shopping
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, ConditionCheckEvent, EventRegisterer

CATALOGUE = {
    "lamp": {
        "name": "Reading lamp",
        "product_id": "lamp",
        "variants": {
            "lamp-red": {"item_id": "lamp-red", "options": {"colour": "red"}, "available": True, "price": 40.0},
            "lamp-blue": {"item_id": "lamp-blue", "options": {"colour": "blue"}, "available": False, "price": 35.0},
        },
    },
    "bulb": {
        "name": "Bulb",
        "product_id": "bulb",
        "variants": {"bulb-warm": {"item_id": "bulb-warm", "options": {}, "available": True, "price": 4.5}},
    },
}


@register_scenario("foreign_lamp_shop")
class LampShop(Scenario):
    start_time: float | None = 100_000
    duration: float | None = 1000

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        shop = Shopping()
        shop.load_products_from_dict(CATALOGUE)
        self.apps = [AgentUserInterface(), shop]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        shop = self.get_typed_app(Shopping)

        def has_order(env: AbstractEnvironment) -> bool:
            return len(env.get_app("Shopping").orders) > 0

        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Order the red lamp as soon as there is a discount.").delayed(2)
            code = shop.add_discount_code(item_id="lamp-red", discount_code={"GLOW": 25.0}).depends_on(task, 50)
            seen = shop.get_discount_code_info(discount_code="GLOW").oracle().depends_on(code, delay_seconds=2)
            cart = shop.add_to_cart(item_id="lamp-red", quantity=1).oracle().depends_on(seen, delay_seconds=1)
            paid = shop.checkout(discount_code="GLOW").oracle().with_id("paid").depends_on(cart, delay_seconds=1)
            told = aui.send_message_to_user(content="The red lamp is ordered at 30.").oracle().depends_on(paid, 1)
            shipped = shop.update_order_status(order_id="{{paid}}", status="shipped").depends_on(paid, delay_seconds=60)
        ordered = ConditionCheckEvent.from_condition(has_order, every_tick=10).with_id("ordered").depends_on(code)
        with EventRegisterer.capture_mode():
            pearl = shop.add_product(name="Pearl shade").with_id("pearl").depends_on(ordered, delay_seconds=1)
            shade = shop.add_item_to_product(product_id="{{pearl}}", price=12.0, options={}).depends_on(pearl)
        self.events = [task, code, seen, cart, paid, told, shipped, ordered, pearl, shade]

    def validate(self, env) -> ScenarioValidationResult:
        try:
            (order,) = env.get_app("Shopping").orders.values()
            success = abs(order.order_total - 30.0) < 1e-6 and set(order.order_items) == {"lamp-red"}
            return ScenarioValidationResult(success=success)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
