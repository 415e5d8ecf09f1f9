package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.BiFunction;

/// Plans and bills, of which there are none: clients ask for them.
final class BillingDescriptions {

    private BillingDescriptions() {}

    static List<Description> all() {
        return List.of(
                Description.of("GET /v1/plans", "Lists the plans: one, without limits")
                        .answers(plans()),
                Description.of("GET /v1/organizations/{organization}/plans", "The same")
                        .answers(plans()),
                Description.of("GET P/subscription", "The plan that was chosen")
                        .answers(Schema.object(field(
                                "subscription",
                                Schema.object(
                                        field("name", Schema.text("Name of the plan")),
                                        field("plan", Schema.text("The same")),
                                        field("timeline", Schema.oneOf("When one would pay", "monthly", "yearly")),
                                        field("overages", Schema.flag("Without effect")))))),
                Description.of("POST P/subscription", "Chooses a plan, which means nothing")
                        .takes(Schema.object(
                                field("plan", Schema.text("Name of a plan, any")),
                                maybe("timeline", Schema.oneOf("When one would pay", "monthly", "yearly")),
                                maybe("overages", Schema.flag("Ignored"))))
                        .fails(400, "The plan or the timeline is invalid"),
                Description.of("GET P/invoices", "Lists the invoices: none")
                        .asks(maybe("type", Schema.oneOf("Which of them", "all", "upcoming", "issued")))
                        .answers(Schema.object(field("invoices", Schema.list(invoice()))))
                        .fails(400, "The type is none of these"),
                Description.of("POST P/billing/portal", "The address of a page for bills: the node's own")
                        .answers(Schema.object(field("portal", Schema.object(field("url", Schema.text("Address")))))),
                Description.of("GET P/billing/payment-methods", "Whether there is a way to pay: always")
                        .asks(maybe("stripe_id", Schema.text("Ignored")))
                        .answers(Schema.object(field("exists", Schema.flag("Always true")))),
                Description.of("POST /v1/organizations/stripe-customer", "The id of a customer: always the same")
                        .answers(Schema.object(field("stripeCustomerId", Schema.text("A constant")))),
                Description.of("GET P/billing/customer", "Whom bills would go to")
                        .answers(customer(Field::field, "Name of the organization", "Always empty")),
                Description.of("PUT P/billing/customer", "Is accepted and forgotten")
                        .takes(customer(Field::maybe, "Ignored", "Ignored")),
                Description.of("POST /v1/feedback", "Is accepted and forgotten")
                        .takes(Schema.object(maybe("feedback", Schema.text("Ignored")))));
    }

    private static ObjectNode plans() {
        Field[] quotas =
                List.of("rowsRead", "rowsWritten", "databases", "locations", "storage", "groups", "bytesSynced")
                        .stream()
                        .map(name -> field(name, Schema.number("0 for no limit")))
                        .toArray(Field[]::new);
        ObjectNode price = Schema.object(
                field("value", Schema.text("In a currency")), field("timeline", Schema.text("When one would pay")));
        return Schema.object(field(
                "plans",
                Schema.list(Schema.object(
                        field("name", Schema.text("Name")),
                        field("price", Schema.text("In a currency")),
                        field("prices", Schema.list(price)),
                        field("quotas", Schema.object(quotas))))));
    }

    private static ObjectNode invoice() {
        return Schema.object(
                field("invoice_number", Schema.text("Number")),
                field("amount_due", Schema.text("Amount")),
                field("due_date", Schema.text("When it is due")),
                field("paid_at", Schema.text("When it was paid")),
                field("payment_failed_at", Schema.text("When a payment failed")),
                field("invoice_pdf", Schema.text("Address of its text")));
    }

    /// @param member makes one that is always there, or may be
    private static ObjectNode customer(BiFunction<String, ObjectNode, Field> member, String name, String rest) {
        Field[] lines = List.of("line1", "line2", "city", "state", "postal_code", "country").stream()
                .map(line -> member.apply(line, Schema.text(rest)))
                .toArray(Field[]::new);
        return Schema.object(
                member.apply("name", Schema.text(name)),
                member.apply("email", Schema.text(rest)),
                member.apply(
                        "tax_id",
                        Schema.object(
                                member.apply("value", Schema.text(rest)), member.apply("country", Schema.text(rest)))),
                member.apply("billing_address", Schema.object(lines)));
    }
}
