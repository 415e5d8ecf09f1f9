package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.invite.InviteChanges;
import io.skerry.catalog.invite.SignUps;
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.oauth.Oauth;
import io.skerry.catalog.organization.MemberChanges;
import io.skerry.catalog.organization.OrganizationChanges;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.password.PasswordHasher;
import io.skerry.catalog.password.SignIns;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.token.PlatformTokenChanges;
import io.skerry.catalog.upload.Uploads;
import java.time.Clock;

/// Who answers the operations, one for each family.
record Handlers(
        AccountOperations account,
        SignInOperations signIns,
        ApiTokenOperations apiTokens,
        OauthOperations oauth,
        OrganizationOperations organizations,
        MemberOperations members,
        InviteOperations invites,
        AuditOperations audit,
        JwksOperations jwks,
        BillingOperations billing,
        LocationOperations locations,
        GroupOperations groups,
        DatabaseOperations databases,
        DumpOperations dumps,
        DatabaseConfigurationOperations databaseConfiguration,
        InstanceOperations instances,
        UsageOperations usage,
        TokenOperations tokens) {

    static Handlers of(
            Catalog catalog,
            Fleet fleet,
            DatabaseTokens tokens,
            Uploads uploads,
            AuditTrail audit,
            Requester requester,
            PlatformSettings settings) {
        Views views = new Views(fleet, new HostNames(catalog, settings.publicUrl(), settings.address()));
        Clock clock = Clock.systemUTC();
        PeopleLimits limits = settings.people();
        OrganizationChanges organizations = new OrganizationChanges(catalog, limits);
        MemberChanges members = new MemberChanges(catalog, limits);
        PasswordHasher hasher = new PasswordHasher();
        return new Handlers(
                new AccountOperations(catalog),
                new SignInOperations(new SignIns(catalog, clock, hasher)),
                new ApiTokenOperations(
                        catalog, fleet, new PlatformTokenChanges(catalog, clock, limits.tokensPerUser())),
                new OauthOperations(catalog, fleet, new Oauth(catalog, clock)),
                new OrganizationOperations(catalog, organizations),
                new MemberOperations(catalog, members),
                new InviteOperations(
                        catalog,
                        new InviteChanges(catalog, clock, members, limits),
                        new SignUps(catalog, clock, members, hasher)),
                new AuditOperations(catalog),
                new JwksOperations(new Issuers(catalog), fleet),
                new BillingOperations(organizations, settings.publicUrl()),
                new LocationOperations(catalog, settings.publicUrl()),
                new GroupOperations(catalog, fleet, views, settings.waitMax()),
                new DatabaseOperations(catalog, fleet, views, requester),
                new DumpOperations(uploads, audit, settings.publicUrl()),
                new DatabaseConfigurationOperations(catalog, fleet),
                new InstanceOperations(catalog, fleet, views, settings.waitMax()),
                new UsageOperations(catalog, fleet),
                new TokenOperations(tokens, fleet));
    }
}
