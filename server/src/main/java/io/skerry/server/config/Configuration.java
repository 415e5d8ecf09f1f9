package io.skerry.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The values of all [Settings]: what `--set` says wins over the environment, that over the file, that over
/// the defaults. Made once at start; every value was checked then, so reading one cannot fail.
public final class Configuration {

    private static final Map<String, Setting<?>> BY_NAME =
            Settings.ALL.stream().collect(Collectors.toMap(Setting::name, Function.identity()));

    /// By name: a setting itself has no hash code before the JVM has made a method for it, which each start would pay.
    private final Map<String, Object> values;

    private Configuration(Map<String, Object> values) {
        this.values = Map.copyOf(values);
    }

    public static Configuration defaults() {
        return load(Map.of(), Map.of(), null);
    }

    /// @param flags setting name to text
    /// @param environment of the process; only variables that begin with `SKERRY_` are looked at, and of
    ///     those only the ones with the name of a setting (the start script has some of its own)
    /// @throws ConfigException for an unknown name in flags or file, a value that cannot be, or two that cannot be
    ///     together
    public static Configuration load(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        Map<String, Object> values = new HashMap<>();
        Map<String, String> texts = new HashMap<>();
        Settings.ALL.forEach(s -> values.put(s.name(), s.parse().apply(s.defaultText())));
        if (file != null) {
            readFile(file)
                    .forEach((name, text) -> put(values, texts, known(name, file.toString()), text, file.toString()));
        }
        for (Setting<?> setting : Settings.ALL) {
            String text = environment.get(setting.environmentName());
            if (text != null) {
                put(values, texts, setting, text, "the environment variable " + setting.environmentName());
            }
        }
        flags.forEach((name, text) -> put(values, texts, known(name, "--set"), text, "--set"));
        Settings.AT_MOST.forEach(pair -> require(pair, values, texts));
        return new Configuration(values);
    }

    @SuppressWarnings("unchecked") // put() stores what the setting's own parse made
    public <T> T get(Setting<T> setting) {
        return (T) Objects.requireNonNull(values.get(setting.name()));
    }

    /// The same with another value of one setting.
    public <T> Configuration with(Setting<T> setting, T value) {
        Map<String, Object> changed = new HashMap<>(values);
        changed.put(setting.name(), value);
        return new Configuration(changed);
    }

    /// @param texts of the values that were set
    private static void put(
            Map<String, Object> values, Map<String, String> texts, Setting<?> setting, String text, String where) {
        try {
            values.put(setting.name(), setting.parse().apply(text));
            texts.put(setting.name(), text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            String must = e instanceof IllegalArgumentException ? e.getMessage() : "smaller";
            throw new ConfigException(setting.name() + " in " + where + " is '" + text + "', but must be " + must);
        }
    }

    @SuppressWarnings("unchecked") // as in get()
    private static <T extends Comparable<T>> void require(
            AtMost<T> pair, Map<String, Object> values, Map<String, String> texts) {
        T part = (T) Objects.requireNonNull(values.get(pair.part().name()));
        T whole = (T) Objects.requireNonNull(values.get(pair.whole().name()));
        if (part.compareTo(whole) > 0) {
            throw new ConfigException(pair.part().name() + " is " + shown(pair.part(), texts)
                    + ", but must not be more than " + pair.whole().name() + ", which is "
                    + shown(pair.whole(), texts));
        }
    }

    /// Of two that do not go together one may be the default, which its reader did not write.
    private static String shown(Setting<?> setting, Map<String, String> texts) {
        String text = texts.get(setting.name());
        return text == null ? "'" + setting.defaultText() + "' by default" : "'" + text + "'";
    }

    private static Setting<?> known(String name, String where) {
        Setting<?> setting = BY_NAME.get(name);
        if (setting == null) {
            String nearest = Nearest.to(name, BY_NAME.keySet());
            throw new ConfigException("unknown setting '" + name + "' in " + where
                    + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
        }
        return setting;
    }

    private static Map<String, String> readFile(Path file) {
        Object root;
        try {
            root = new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + file + " cannot be read"
                    + (Files.exists(file) ? ": " + e.getMessage() : ": there is no such file"));
        } catch (YamlEngineException e) {
            throw new ConfigException("the configuration file " + file + " is not YAML: " + e.getMessage());
        }
        Map<String, String> flat = new HashMap<>();
        flatten("", root, flat, file);
        return flat;
    }

    private static void flatten(String prefix, @Nullable Object node, Map<String, String> flat, Path file) {
        switch (node) {
            case null -> {
                if (!prefix.isEmpty()) {
                    throw new ConfigException(prefix + " in " + file + " has no value");
                }
            }
            case Map<?, ?> map ->
                map.forEach(
                        (key, value) -> flatten(prefix.isEmpty() ? key + "" : prefix + "." + key, value, flat, file));
            case Iterable<?> list ->
                throw new ConfigException(prefix + " in " + file + " is a list, but must be one value");
            default -> {
                if (prefix.isEmpty()) {
                    throw new ConfigException("the configuration file " + file + " must hold `name: value` lines");
                }
                flat.put(prefix, node.toString());
            }
        }
    }
}
