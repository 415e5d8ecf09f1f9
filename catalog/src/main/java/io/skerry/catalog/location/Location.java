package io.skerry.catalog.location;

/// A place where nodes can be, with what people call it and where on earth it is (degrees).
public record Location(LocationCode code, String description, double latitude, double longitude) {

    private static final double EARTH_RADIUS_KM = 6371;

    /// The way over the ground, in kilometres.
    public double distanceKm(Location other) {
        double a = Math.toRadians(latitude);
        double b = Math.toRadians(other.latitude);
        double half = Math.pow(Math.sin((b - a) / 2), 2)
                + Math.cos(a) * Math.cos(b) * Math.pow(Math.sin(Math.toRadians(other.longitude - longitude) / 2), 2);
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)));
    }
}
