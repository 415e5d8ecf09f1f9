package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.organization.MemberChanges;
import io.skerry.catalog.organization.OrganizationChanges;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.token.PlatformTokenChanges;
import java.time.Clock;

/// Who answers the operations, one for each family.
record Handlers(
        AccountOperations account,
        ApiTokenOperations apiTokens,
        OrganizationOperations organizations,
        MemberOperations members,
        LocationOperations locations,
        GroupOperations groups,
        DatabaseOperations databases,
        DatabaseConfigurationOperations databaseConfiguration,
        InstanceOperations instances,
        UsageOperations usage,
        TokenOperations tokens) {

    static Handlers of(Catalog catalog, Fleet fleet, DatabaseTokens tokens, PlatformSettings settings) {
        Views views = new Views(fleet, new HostNames(catalog, settings.publicUrl(), settings.address()));
        PlatformTokenChanges tokenChanges = new PlatformTokenChanges(
                catalog, Clock.systemUTC(), settings.people().tokensPerUser());
        return new Handlers(
                new AccountOperations(catalog),
                new ApiTokenOperations(catalog, tokenChanges),
                new OrganizationOperations(catalog, new OrganizationChanges(catalog, settings.people())),
                new MemberOperations(catalog, new MemberChanges(catalog, settings.people())),
                new LocationOperations(catalog, settings.publicUrl()),
                new GroupOperations(catalog, fleet, views, settings.waitMax()),
                new DatabaseOperations(catalog, fleet, views),
                new DatabaseConfigurationOperations(catalog, fleet),
                new InstanceOperations(catalog, fleet, views, settings.waitMax()),
                new UsageOperations(catalog, fleet),
                new TokenOperations(tokens, fleet));
    }
}
