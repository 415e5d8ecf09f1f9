package io.skerry.platform;

import static io.skerry.platform.Operation.answers;
import static io.skerry.platform.Operation.changes;
import static io.skerry.platform.Operation.changesAndAnswers;
import static io.skerry.platform.Operation.reads;
import static io.skerry.platform.Operation.readsOfLeader;
import static io.skerry.platform.Operation.uploads;

import java.util.List;
import java.util.stream.Stream;

/// Every operation that is served: its path, the right it needs, and who answers. Routing, checks and the
/// coverage table in docs/api.md come from here, so an operation that is not here does not exist.
final class Operations {

    private Operations() {}

    static List<Operation> all(Handlers handlers) {
        return Stream.of(
                        account(handlers.account()),
                        signIns(handlers.signIns()),
                        apiTokens(handlers.apiTokens()),
                        oauth(handlers.oauth()),
                        organizations(handlers.organizations()),
                        members(handlers.members()),
                        invites(handlers.invites()),
                        audit(handlers.audit()),
                        jwks(handlers.jwks()),
                        billing(handlers.billing()),
                        locations(handlers.locations()),
                        groups(handlers.groups(), handlers.tokens()),
                        databases(handlers.databases(), handlers.tokens()),
                        List.of(uploads("POST", "P/databases/dumps", Right.DB_CREATE, handlers.dumps()::upload)),
                        configuration(handlers.databaseConfiguration()),
                        instances(handlers.instances()),
                        usage(handlers.usage()),
                        byId(handlers.groups(), handlers.databases(), handlers.tokens()))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Operation> account(AccountOperations account) {
        return List.of(
                reads("GET", "/v1/auth/validate", Right.TOKEN, account::validate),
                reads("GET", "/v1/auth/api-tokens/validate", Right.TOKEN, account::validate),
                reads("GET", "/v1/current-user", Right.TOKEN, account::user),
                reads("GET", "/v1/user", Right.TOKEN, account::user),
                reads("GET", "/releases/latest", Right.NOTHING, account::latestRelease));
    }

    private static List<Operation> signIns(SignInOperations signIns) {
        return List.of(
                changes("POST", "/v1/auth/sessions", Right.NOTHING, signIns::signIn),
                changes("PUT", "/v1/user/password", Right.PASSWORD, signIns::setPassword),
                changesAndAnswers("POST", "/v1/users/{username}/password", Right.OPERATOR, signIns::reset));
    }

    private static List<Operation> apiTokens(ApiTokenOperations tokens) {
        String ofOrganization = "/v1/organizations/{organization}/api-tokens";
        return List.of(
                changes("POST", "/v1/auth/invalidate", Right.ACCOUNT, tokens::endSessions),
                reads("GET", "/v1/auth/api-tokens", Right.ACCOUNT, tokens::list),
                changes("POST", "/v1/auth/api-tokens/{token}", Right.ACCOUNT, tokens::mint),
                changes("POST", "/v2/auth/api-tokens/{token}", Right.ACCOUNT, tokens::mintNested),
                changes("DELETE", "/v1/auth/api-tokens/{token}", Right.ACCOUNT, tokens::revoke),
                reads("GET", ofOrganization, Right.API_TOKENS, tokens::listOfOrganization),
                changes("DELETE", ofOrganization + "/{token}", Right.API_TOKENS, tokens::revokeOfOrganization));
    }

    private static List<Operation> oauth(OauthOperations oauth) {
        String clients = "/v1/oauth/clients";
        String grants = "/v1/oauth/grants";
        return List.of(
                changesAndAnswers("POST", "/v1/oauth/authorize", Right.ACCOUNT, oauth::authorize),
                changesAndAnswers("POST", "/v1/oauth/token", Right.NOTHING, oauth::token),
                reads("GET", clients, Right.ACCOUNT, oauth::listClients),
                changes("POST", clients, Right.ACCOUNT, oauth::register),
                changes("DELETE", clients + "/{client}", Right.ACCOUNT, oauth::unregister),
                reads("GET", grants, Right.ACCOUNT, oauth::listGrants),
                changes("DELETE", grants + "/{client}", Right.ACCOUNT, oauth::withdraw));
    }

    private static List<Operation> organizations(OrganizationOperations organizations) {
        String one = "/v1/organizations/{organization}";
        return List.of(
                reads("GET", "/v1/organizations", Right.TOKEN, organizations::list),
                reads("GET", "/v2/organizations", Right.TOKEN, organizations::list),
                changes("POST", "/v1/organizations", Right.ACCOUNT, organizations::create),
                reads("GET", one, Right.ORGANIZATION_READ, organizations::get),
                changes("PATCH", one, Right.ORGANIZATION_CONFIGURE, organizations::update),
                changes("DELETE", one, Right.ORGANIZATION_DELETE, organizations::delete));
    }

    private static List<Operation> members(MemberOperations members) {
        String all = "/v1/organizations/{organization}/members";
        String one = all + "/{username}";
        return List.of(
                reads("GET", all, Right.ORGANIZATION_READ, members::list),
                changes("POST", all, Right.MEMBERS, members::add),
                changes("POST", one, Right.MEMBERS, members::addNamed),
                reads("GET", one, Right.ORGANIZATION_READ, members::get),
                changes("PATCH", one, Right.MEMBER_ROLES, members::setRole),
                changes("DELETE", one, Right.MEMBER_REMOVE, members::remove));
    }

    private static List<Operation> invites(InviteOperations invites) {
        String first = "/v1/organizations/{organization}/invites";
        String second = "/v2/organizations/{organization}/invites";
        return List.of(
                reads("GET", first, Right.INVITES, invites::list),
                changes("POST", first, Right.INVITES, invites::inviteEmail),
                changes("POST", "/v1/organizations/{organization}/invite", Right.INVITES, invites::inviteEmail),
                changes("DELETE", first + "/{email}", Right.INVITES, invites::withdraw),
                reads("GET", second, Right.INVITES, invites::listOpen),
                changes("POST", second, Right.INVITES, invites::invite),
                changes("DELETE", second + "/{email}", Right.INVITES, invites::withdraw),
                changes("POST", "/v1/invites/accept", Right.ACCOUNT, invites::accept),
                changes("POST", "/v1/invites/signup", Right.NOTHING, invites::signUp));
    }

    private static List<Operation> audit(AuditOperations audit) {
        return List.of(answers("GET", "/v1/organizations/{organization}/audit-logs", Right.AUDIT, audit::pageOrExport));
    }

    private static List<Operation> jwks(JwksOperations jwks) {
        String all = "/v2/organizations/{organization}/jwks";
        String template = "/v2/organizations/{organization}/jwks-template";
        return List.of(
                reads("GET", all, Right.ORGANIZATION_READ, jwks::list),
                changes("PUT", all + "/{jwks}", Right.ORGANIZATION_CONFIGURE, jwks::put),
                changes("DELETE", all + "/{jwks}", Right.ORGANIZATION_CONFIGURE, jwks::delete),
                reads("GET", template, Right.ORGANIZATION_READ, jwks::template));
    }

    private static List<Operation> billing(BillingOperations billing) {
        return List.of(
                reads("GET", "/v1/plans", Right.TOKEN, billing::plans),
                reads("GET", "/v1/organizations/{organization}/plans", Right.ORGANIZATION_READ, billing::plans),
                reads("GET", "P/subscription", Right.ORGANIZATION_READ, billing::subscription),
                changes("POST", "P/subscription", Right.ORGANIZATION_CONFIGURE, billing::subscribe),
                reads("GET", "P/invoices", Right.ORGANIZATION_READ, billing::invoices),
                reads("POST", "P/billing/portal", Right.ORGANIZATION_CONFIGURE, billing::portal),
                reads("GET", "P/billing/payment-methods", Right.ORGANIZATION_CONFIGURE, billing::paymentMethods),
                reads("POST", "/v1/organizations/stripe-customer", Right.ACCOUNT, billing::createCustomer),
                reads("GET", "P/billing/customer", Right.ORGANIZATION_CONFIGURE, billing::customer),
                reads("PUT", "P/billing/customer", Right.ORGANIZATION_CONFIGURE, billing::ignored),
                reads("POST", "/v1/feedback", Right.TOKEN, billing::ignored));
    }

    private static List<Operation> locations(LocationOperations locations) {
        return List.of(
                reads("GET", "/v1/locations", Right.TOKEN, locations::list),
                reads("GET", "/v1/locations/{location}", Right.TOKEN, locations::get),
                reads("GET", "/v2/locations", Right.TOKEN, locations::listByPlatform),
                reads("GET", "/v1/closest-region", Right.NOTHING, locations::closest),
                reads("GET", "/v2/organizations/{organization}/locations", Right.READ, locations::listByPlatform));
    }

    private static List<Operation> groups(GroupOperations groups, TokenOperations tokens) {
        return List.of(
                reads("GET", "P/groups", Right.READ, groups::list),
                changes("POST", "P/groups", Right.GROUP_CREATE, groups::create),
                reads("GET", "P/groups/{group}", Right.READ, groups::get),
                changes("DELETE", "P/groups/{group}", Right.GROUP_DELETE, groups::delete),
                changes("POST", "P/groups/{group}/locations/{location}", Right.GROUP_CONFIGURE, groups::addLocation),
                changes(
                        "DELETE",
                        "P/groups/{group}/locations/{location}",
                        Right.GROUP_CONFIGURE,
                        groups::removeLocation),
                reads("GET", "P/groups/{group}/locations/{location}/wait", Right.READ, groups::awaitLocation),
                reads("GET", "P/groups/{group}/configuration", Right.READ, groups::configuration),
                changes("PATCH", "P/groups/{group}/configuration", Right.GROUP_CONFIGURE, groups::configure),
                changes("POST", "P/groups/{group}/rename", Right.GROUP_CONFIGURE, groups::rename),
                changes("POST", "P/groups/{group}/transfer", Right.GROUP_TRANSFER, groups::transfer),
                changes("POST", "P/groups/{group}/archive", Right.GROUP_CONFIGURE, groups::archive),
                changes("POST", "P/groups/{group}/unarchive", Right.GROUP_CONFIGURE, groups::unarchive),
                changes("POST", "P/groups/{group}/update", Right.GROUP_CONFIGURE, groups::update),
                reads("GET", "P/groups/{group}/aws/migration/info", Right.READ, groups::migration),
                changes("POST", "P/groups/{group}/aws/migration/start", Right.GROUP_TRANSFER, groups::refuseMigration),
                changes("POST", "P/groups/{group}/aws/migration/abort", Right.GROUP_TRANSFER, groups::refuseMigration),
                changes("POST", "P/groups/{group}/auth/tokens", Right.GROUP_MINT_TOKEN, tokens::mintForGroup),
                changes("POST", "P/groups/{group}/auth/rotate", Right.GROUP_ROTATE, tokens::rotateGroup));
    }

    private static List<Operation> databases(DatabaseOperations databases, TokenOperations tokens) {
        return List.of(
                reads("GET", "P/databases", Right.READ, databases::list),
                changes("POST", "P/databases", Right.DB_CREATE, databases::create),
                reads("GET", "P/databases/{database}", Right.READ, databases::get),
                changes("DELETE", "P/databases/{database}", Right.DB_DELETE, databases::delete),
                changes("POST", "P/databases/{database}/transfer", Right.DB_CONFIGURE, databases::refuseToTransfer),
                changes("POST", "P/databases/{database}/wakeup", Right.DB_CONFIGURE, databases::refuseToWake),
                changes("POST", "P/databases/{database}/update", Right.DB_CONFIGURE, databases::update),
                readsOfLeader("GET", "P/databases/{database}/seed", Right.READ, databases::seedProgress),
                changes("POST", "P/databases/{database}/seed", Right.DB_CREATE, databases::refuseToSeed),
                changes("POST", "P/databases/{database}/auth/tokens", Right.DB_MINT_TOKEN, tokens::mintForDatabase),
                changes("POST", "P/databases/{database}/auth/rotate", Right.DB_ROTATE, tokens::rotateDatabase));
    }

    private static List<Operation> configuration(DatabaseConfigurationOperations configuration) {
        String path = "P/databases/{database}/configuration";
        return List.of(
                reads("GET", path, Right.READ, configuration::get),
                changes("PATCH", path, Right.DB_CONFIGURE, configuration::change));
    }

    private static List<Operation> instances(InstanceOperations instances) {
        String all = "P/databases/{database}/instances";
        String one = all + "/{instance}";
        return List.of(
                reads("GET", all, Right.READ, instances::list),
                reads("GET", one, Right.READ, instances::get),
                reads("GET", one + "/wait", Right.READ, instances::await),
                changes("POST", all, Right.DB_CONFIGURE, instances::refuseToCreate),
                changes("DELETE", one, Right.DB_CONFIGURE, instances::refuseToDelete));
    }

    private static List<Operation> usage(UsageOperations usage) {
        return List.of(
                reads("GET", "P/databases/{database}/usage", Right.READ, usage::ofDatabase),
                reads("GET", "P/databases/{database}/usage/queries", Right.READ, usage::queries),
                reads("GET", "P/databases/{database}/stats", Right.READ, usage::statistics),
                reads("GET", "P/groups/{group}/usage", Right.READ, usage::ofGroup),
                reads("GET", "P/usage", Right.ORGANIZATION_READ, usage::ofOrganization));
    }

    /// Version 3 of the API: the same objects, by id.
    private static List<Operation> byId(GroupOperations groups, DatabaseOperations databases, TokenOperations tokens) {
        String allDatabases = "/v3/organizations/{organization}/databases";
        String database = allDatabases + "/{databaseId}";
        String allGroups = "/v3/organizations/{organization}/groups";
        String group = allGroups + "/{groupId}";
        return List.of(
                reads("GET", allDatabases, Right.READ, databases::listById),
                changes("POST", allDatabases, Right.DB_CREATE, databases::createById),
                reads("GET", database, Right.READ, databases::getById),
                changes("DELETE", database, Right.DB_DELETE, databases::delete),
                changes("POST", database + "/auth/tokens", Right.DB_MINT_TOKEN, tokens::mintForDatabase),
                reads("GET", allGroups, Right.READ, groups::list),
                reads("GET", group, Right.READ, groups::get),
                changes("POST", group + "/auth/tokens", Right.GROUP_MINT_TOKEN, tokens::mintForGroup));
    }
}
