package io.skerry.platform;

import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.testing.TestCluster;
import java.time.Instant;

/// Users besides the administrator, each with a token that may do all that its user may.
final class People {

    private People() {}

    /// A user with a personal organization.
    ///
    /// @return his token
    static String user(TestCluster cluster, String name) {
        String token = name + ".own.token";
        cluster.catalog().bootstrap(name, token);
        return token;
    }

    /// The same, who is a member of `acme` too.
    static String member(TestCluster cluster, String name, Role role) {
        String token = user(cluster, name);
        User user = find(cluster, name);
        cluster.catalog().write(sql -> {
            Users.join(sql, cluster.acme(sql).id(), user.id(), role, Instant.now());
            return true;
        });
        return token;
    }

    static User find(TestCluster cluster, String name) {
        return cluster.catalog().read(sql -> Users.byUsername(sql, name)).orElseThrow();
    }
}
