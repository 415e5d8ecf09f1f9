package io.skerry.server.command;

import io.skerry.server.DevCluster;
import io.skerry.server.Node;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;

/// What `dev` prints once it runs: addresses, token, and three commands to try.
final class Welcome {

    private Welcome() {}

    static void print(DevCluster cluster, PrintStream out) {
        StringBuilder text = new StringBuilder("\nSkerry runs.\n\n");
        for (Node node : cluster.nodes()) {
            text.append("  %-8s %s%n".formatted(node.location(), node.uri()));
        }
        URI first = cluster.nodes().getFirst().uri();
        text.append("  %-8s %s%n".formatted("token", cluster.token()));
        cluster.authority().ifPresent(authority -> trust(text, authority, first));
        text.append("""

                Try:

                  export TOKEN=%2$s
                  curl -X POST %1$s/v1/organizations/%3$s/databases -H "Authorization: Bearer $TOKEN" -d '{"name":"shop","group":"default"}'
                  curl -X POST %1$s/v1/organizations/%3$s/databases/shop/auth/tokens -H "Authorization: Bearer $TOKEN"
                """.formatted(first, cluster.token(), cluster.organization()));
        if (cluster.nodes().size() > 1) {
            text.append("  curl -X POST %s/v1/groups/default/locations/%s -H \"Authorization: Bearer $TOKEN\"%n"
                    .formatted(first, cluster.nodes().get(1).location()));
        }
        out.println(text);
        out.flush();
    }

    private static void trust(StringBuilder text, Path authority, URI first) {
        text.append("""

                Clients have to trust the certificate authority of this directory, which is good for localhost alone:

                  export SSL_CERT_FILE=%1$s        # the turso command, and what else is written in Go
                  export NODE_EXTRA_CA_CERTS=%1$s  # Node.js
                  export CURL_CA_BUNDLE=%1$s       # curl, as does --cacert
                  export SKERRY_URL=%2$s SKERRY_CACERT=%1$s  # ./skerry db, group and the others
                """.formatted(authority, first));
    }
}
