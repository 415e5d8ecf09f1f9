package io.skerry.catalog.location;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The built-in list of locations: airports, as the field has come to call places. A location is available only
/// where a node serves it; one that is not listed can be served too and is described by its code.
public final class Locations {

    private static final Map<LocationCode, Location> KNOWN = List.of(
                    at("ams", "Amsterdam, Netherlands", 52.31, 4.76),
                    at("arn", "Stockholm, Sweden", 59.65, 17.93),
                    at("atl", "Atlanta, Georgia (US)", 33.64, -84.43),
                    at("bog", "Bogotá, Colombia", 4.70, -74.15),
                    at("bom", "Mumbai, India", 19.09, 72.87),
                    at("bos", "Boston, Massachusetts (US)", 42.36, -71.01),
                    at("cdg", "Paris, France", 49.01, 2.55),
                    at("den", "Denver, Colorado (US)", 39.86, -104.67),
                    at("dfw", "Dallas, Texas (US)", 32.90, -97.04),
                    at("ewr", "Secaucus, NJ (US)", 40.69, -74.17),
                    at("eze", "Ezeiza, Argentina", -34.82, -58.54),
                    at("fra", "Frankfurt, Germany", 50.03, 8.57),
                    at("gdl", "Guadalajara, Mexico", 20.52, -103.31),
                    at("gig", "Rio de Janeiro, Brazil", -22.81, -43.25),
                    at("gru", "São Paulo, Brazil", -23.43, -46.47),
                    at("hkg", "Hong Kong, Hong Kong", 22.31, 113.91),
                    at("iad", "Ashburn, Virginia (US)", 38.95, -77.46),
                    at("jnb", "Johannesburg, South Africa", -26.14, 28.25),
                    at("lax", "Los Angeles, California (US)", 33.94, -118.41),
                    at("lhr", "London, United Kingdom", 51.47, -0.45),
                    at("mad", "Madrid, Spain", 40.47, -3.56),
                    at("mia", "Miami, Florida (US)", 25.79, -80.29),
                    at("nrt", "Tokyo, Japan", 35.76, 140.39),
                    at("ord", "Chicago, Illinois (US)", 41.98, -87.90),
                    at("otp", "Bucharest, Romania", 44.57, 26.09),
                    at("phx", "Phoenix, Arizona (US)", 33.43, -112.01),
                    at("qro", "Querétaro, Mexico", 20.62, -100.19),
                    at("scl", "Santiago, Chile", -33.39, -70.79),
                    at("sea", "Seattle, Washington (US)", 47.45, -122.31),
                    at("sin", "Singapore, Singapore", 1.36, 103.99),
                    at("sjc", "San Jose, California (US)", 37.36, -121.93),
                    at("syd", "Sydney, Australia", -33.95, 151.18),
                    at("waw", "Warsaw, Poland", 52.17, 20.97),
                    at("yul", "Montreal, Canada", 45.47, -73.74),
                    at("yyz", "Toronto, Canada", 43.68, -79.63))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Location::code, Function.identity()));

    private Locations() {}

    public static Location describe(LocationCode code) {
        Location known = KNOWN.get(code);
        return known == null ? new Location(code, code.value(), 0, 0) : known;
    }

    /// Those of `among` that are nearest to `code`, the nearest first, without itself.
    public static List<Location> closest(LocationCode code, List<LocationCode> among, int limit) {
        Location centre = describe(code);
        return among.stream()
                .filter(other -> !other.equals(code))
                .map(Locations::describe)
                .sorted(Comparator.comparingDouble((Location other) -> other.distanceKm(centre))
                        .thenComparing(Location::code))
                .limit(limit)
                .toList();
    }

    private static Location at(String code, String description, double latitude, double longitude) {
        return new Location(new LocationCode(code), description, latitude, longitude);
    }
}
