package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationChanges;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/// Plans, subscriptions and invoices of a platform that bills nobody. There is one plan, without limits; another
/// name is remembered, because clients that create an organization subscribe it to one.
final class BillingOperations {

    /// The plan of everybody.
    static final String PLAN = "starter";

    private static final String MONTHLY = "monthly";
    private static final String ALL = "all";
    private static final List<String> INVOICES = List.of(ALL, "upcoming", "issued");
    private static final Pattern PLAN_NAME = Pattern.compile("[a-z0-9_-]{1,32}");

    private final OrganizationChanges organizations;
    private final URI publicUrl;

    BillingOperations(OrganizationChanges organizations, URI publicUrl) {
        this.organizations = organizations;
        this.publicUrl = publicUrl;
    }

    ObjectNode plans(Call call) {
        ObjectNode answer = Views.object();
        ObjectNode plan = answer.putArray("plans").addObject().put("name", PLAN).put("price", "0");
        plan.putArray("prices").addObject().put("value", "0").put("timeline", MONTHLY);
        // 0 means without limit.
        ObjectNode quotas = plan.putObject("quotas");
        for (String quota :
                new String[] {"rowsRead", "rowsWritten", "databases", "locations", "storage", "groups", "bytesSynced"
                }) {
            quotas.put(quota, 0);
        }
        return answer;
    }

    ObjectNode subscription(Call call) {
        Organization organization = call.organization();
        String plan = organization.planId().isEmpty() ? PLAN : organization.planId();
        ObjectNode answer = Views.object();
        answer.putObject("subscription")
                .put("name", plan)
                .put("plan", plan)
                .put("timeline", organization.planTimeline().isEmpty() ? MONTHLY : organization.planTimeline())
                .put("overages", organization.overages());
        return answer;
    }

    ObjectNode subscribe(Call call) {
        Body body = call.body();
        String plan = body.text("plan").orElse("");
        String timeline = body.text("timeline").orElse(MONTHLY);
        if (!PLAN_NAME.matcher(plan).matches()) {
            throw new ApiException(400, "invalid plan: " + Shown.of(plan));
        }
        if (!timeline.equals(MONTHLY) && !timeline.equals("yearly")) {
            throw new ApiException(400, "invalid timeline: " + Shown.of(timeline) + ", must be monthly or yearly");
        }
        organizations.setPlan(call.organization(), plan, timeline, call.actor());
        return Views.object();
    }

    ObjectNode invoices(Call call) {
        String type = call.query("type").orElse(ALL);
        if (!INVOICES.contains(type)) {
            throw new ApiException(400, "invalid type: " + Shown.of(type) + ", must be " + String.join(", ", INVOICES));
        }
        ObjectNode answer = Views.object();
        answer.putArray("invoices");
        return answer;
    }

    /// There is nothing to see: the page is the platform itself.
    ObjectNode portal(Call call) {
        ObjectNode answer = Views.object();
        answer.putObject("portal").put("url", publicUrl.toString());
        return answer;
    }

    /// Clients ask until there is one.
    ObjectNode paymentMethods(Call call) {
        return Views.object().put("exists", true);
    }

    ObjectNode createCustomer(Call call) {
        return Views.object().put("stripeCustomerId", "self-hosted");
    }

    ObjectNode customer(Call call) {
        ObjectNode customer =
                Views.object().put("name", call.organization().name()).put("email", "");
        customer.putObject("tax_id").put("value", "").put("country", "");
        ObjectNode address = customer.putObject("billing_address");
        for (String line : new String[] {"line1", "line2", "city", "state", "postal_code", "country"}) {
            address.put(line, "");
        }
        return customer;
    }

    /// What a client wants to have remembered, or to say: it is not.
    ObjectNode ignored(Call call) {
        call.body();
        return Views.object();
    }
}
