package io.skerry.server.issuer;

import java.net.Inet4Address;
import java.net.InetAddress;

/// Which addresses key sets may be fetched from.
public enum AddressPolicy {
    /// Those that the whole internet can reach.
    PUBLIC {
        @Override
        boolean allows(InetAddress address) {
            boolean own = address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isSiteLocalAddress()
                    || address.isMulticastAddress();
            byte[] bytes = address.getAddress();
            return !own && (address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes));
        }
    },
    ANY {
        @Override
        boolean allows(InetAddress address) {
            return true;
        }
    };

    abstract boolean allows(InetAddress address);

    /// Special-purpose networks beyond those that Java knows (IANA's registry, RFC 6890).
    private static boolean isPublic4(byte[] address) {
        int first = address[0] & 0xff;
        int second = address[1] & 0xff;
        int third = address[2] & 0xff;
        return switch (first) {
            case 0 -> false;
            case 100 -> second < 64 || second > 127; // carriers' networks
            case 192 -> !(second == 0 && (third == 0 || third == 2)) && !(second == 88 && third == 99);
            case 198 -> second != 18 && second != 19 && !(second == 51 && third == 100);
            case 203 -> !(second == 0 && third == 113);
            default -> first < 240;
        };
    }

    /// Only 2000::/3 is public, and not all of it: 2001::/23 and documentation, and 2002::/16, which is
    /// IPv4 within.
    private static boolean isPublic6(byte[] address) {
        int first = (address[0] & 0xff) << 8 | address[1] & 0xff;
        int second = (address[2] & 0xff) << 8 | address[3] & 0xff;
        boolean special = first == 0x2001 && (second < 0x200 || second == 0xdb8) || first == 0x2002 || first == 0x3fff;
        return first >= 0x2000 && first <= 0x3fff && !special;
    }
}
