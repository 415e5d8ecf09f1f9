package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a platform answers that bills nobody.
class BillingApiTest extends ApiTestCase {

    @Test
    void thereIsOnePlanWithoutLimits() {
        for (String path : List.of("/v1/plans", "/v1/organizations/acme/plans")) {
            JsonNode plan = api.get(path).json().at("/plans/0");
            assertThat(plan.path("name").asText()).isEqualTo("starter");
            assertThat(plan.path("price").asText()).isEqualTo("0");
            assertThat(plan.at("/quotas/rowsRead").asInt(-1)).isZero();
            assertThat(plan.path("quotas")).hasSize(7);
        }
    }

    @Test
    void aSubscriptionIsRemembered() {
        for (String prefix : List.of("/v1", "/v1/organizations/acme")) {
            assertThat(api.get(prefix + "/subscription").status()).isEqualTo(200);
        }
        assertThat(api.get("/v1/subscription").json().at("/subscription/plan").asText())
                .isEqualTo("starter");
        assertThat(api.post("/v1/subscription", "{\"plan\":\"scaler\",\"timeline\":\"yearly\"}")
                        .text())
                .isEqualTo("{}");
        JsonNode subscription =
                api.get("/v1/organizations/acme/subscription").json().path("subscription");
        assertThat(subscription.path("name").asText()).isEqualTo("scaler");
        assertThat(subscription.path("timeline").asText()).isEqualTo("yearly");
        assertThat(api.post("/v1/subscription", "{\"plan\":\"<b>\"}").status()).isEqualTo(400);
        assertThat(api.post("/v1/subscription", "{\"plan\":\"a\",\"timeline\":\"daily\"}")
                        .status())
                .isEqualTo(400);
    }

    /// What the command line client asks when it creates an organization.
    @Test
    void anOrganizationCanBeCreatedTheWayClientsDo() {
        assertThat(api.post("/v1/organizations?dry_run=true", "{\"name\":\"shop\"}")
                        .status())
                .isEqualTo(200);
        String customer = api.post("/v1/organizations/stripe-customer", "{\"Name\":\"shop\"}")
                .json()
                .path("stripeCustomerId")
                .asText();
        assertThat(customer).isNotEmpty();
        assertThat(api.post("/v1/billing/portal", "{\"stripe_id\":\"" + customer + "\"}")
                        .json()
                        .at("/portal/url")
                        .asText())
                .startsWith("http");
        assertThat(api.get("/v1/billing/payment-methods?stripe_id=" + customer).text())
                .isEqualTo("{\"exists\":true}");
        assertThat(api.post("/v1/organizations", "{\"name\":\"shop\",\"stripe_id\":\"" + customer + "\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.post("/v1/organizations/shop/subscription", "{\"plan\":\"scaler\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theRestIsEmpty() {
        for (String query : new String[] {"", "?type=", "?type=all", "?type=upcoming", "?type=issued"}) {
            assertThat(api.get("/v1/invoices" + query).text()).isEqualTo("{\"invoices\":[]}");
        }
        assertThat(api.get("/v1/invoices?type=paid").error())
                .isEqualTo("invalid type: paid, must be all, upcoming, issued");
        assertThat(api.get("/v1/billing/customer")
                        .json()
                        .at("/billing_address/city")
                        .isTextual())
                .isTrue();
        assertThat(api.send("PUT", "/v1/billing/customer", "{\"name\":\"x\"}").text())
                .isEqualTo("{}");
        assertThat(api.post("/v1/feedback", "{}").text()).isEqualTo("{}");
    }
}
