package io.skerry.catalog.database;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;

/// From which addresses a database may be reached: IPv4 and IPv6 addresses and networks in CIDR notation. Without
/// any, from everywhere.
///
/// @param texts as the client wrote them
/// @param networks the same, parsed
public record AddressRules(List<String> texts, List<Network> networks) {

    public static final AddressRules NONE = new AddressRules(List.of(), List.of());

    /// More would make every request to the database walk a long list.
    private static final int ENTRIES_MAX = 256;

    private static final int TEXT_MAX = 64;

    /// Nothing that is looked up by name: only then does the parser never ask a resolver.
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    public AddressRules {
        texts = List.copyOf(texts);
        networks = List.copyOf(networks);
    }

    /// The addresses whose first `prefix` bits are those of `address`.
    public record Network(InetAddress address, int prefix) {

        boolean contains(InetAddress other) {
            byte[] own = address.getAddress();
            byte[] given = other.getAddress();
            if (own.length != given.length) {
                return false;
            }
            int free = own.length * Byte.SIZE - prefix;
            return new BigInteger(1, own).shiftRight(free).equals(new BigInteger(1, given).shiftRight(free));
        }
    }

    /// @throws CatalogException INVALID if one of them is no address and no network, or if they are too many
    public static AddressRules parse(List<String> texts) {
        if (texts.isEmpty()) {
            return NONE;
        }
        if (texts.size() > ENTRIES_MAX) {
            throw new CatalogException(INVALID, "invalid allowed_ips: more than " + ENTRIES_MAX + " entries");
        }
        return new AddressRules(texts, texts.stream().map(AddressRules::network).toList());
    }

    /// Whether somebody at this address may come in. An IPv4 address that came in the form of an IPv6 one is an
    /// IPv4 address to Java, and here.
    public boolean allows(InetAddress address) {
        return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(address));
    }

    private static Network network(String text) {
        if (text.length() > TEXT_MAX) {
            throw invalid(text.substring(0, TEXT_MAX) + "…");
        }
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!LITERAL.matcher(host).matches()) {
            throw invalid(text);
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
        int bits = address.getAddress().length * Byte.SIZE;
        return new Network(address, slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits));
    }

    private static int prefix(String text, String digits, int bits) {
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > bits) {
            throw invalid(text);
        }
        return Integer.parseInt(digits);
    }

    private static CatalogException invalid(String text) {
        return new CatalogException(
                INVALID,
                "invalid allowed_ips: \"" + text + "\" is no IPv4 or IPv6 address and no network in CIDR notation");
    }
}
