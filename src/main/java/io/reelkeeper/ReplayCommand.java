package io.reelkeeper;

import com.zaxxer.hikari.HikariDataSource;
import io.reelkeeper.replay.Replay;
import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Policy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/// `replay`: the service's settings without the service, another policy over them, and a database
/// that is only read.
final class ReplayCommand {

  private static final String POLICY = "reelkeeper.policy";

  /// A page of histories may take longer than anything that the service asks for.
  private static final int SOCKET_TIMEOUT_SECONDS = 120;

  /// Said to the caller as it is; never holds a value of the settings.
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Wrong(String sentence) {
      super(sentence);
    }
  }

  private record Wish(
      Path policy,
      @Nullable String app,
      @Nullable Instant since,
      boolean json,
      String[] settings) {}

  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  ReplayCommand(Clock clock, PrintStream out, PrintStream err) {
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  int run(List<String> args) {
    // Nothing but the report belongs on the console. Where a service runs already its logging
    // stays.
    LoggingSystem.get(getClass().getClassLoader()).beforeInitialize();
    try {
      Wish wish = wish(args);
      ConfigurableEnvironment environment = environment(wish.settings);
      Policy configured = policy(environment, "");
      ConfigurableEnvironment alone = overlay(environment, wish.policy);
      Policy other = policy(environment, wish.policy + ": ");
      allRead(alone, wish.policy);
      try (HikariDataSource database = database(environment)) {
        new Replay(History.in(database), configured, other)
            .print(wish.app, wish.since, wish.json, out);
      }
      return Commands.DONE;
    } catch (Wrong wrong) {
      err.println(wrong.getMessage());
      return Commands.WRONG;
    } catch (RuntimeException failure) {
      err.println(sentence(failure));
      return Commands.FAILED;
    }
  }

  private Wish wish(List<String> args) {
    Path policy = null;
    String app = null;
    Instant since = null;
    boolean json = false;
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      int equals = arg.indexOf('=');
      String name = equals < 0 ? arg : arg.substring(0, equals);
      switch (name) {
        case "--policy", "--app", "--since" -> {
          if (equals < 0 && (++i == args.size() || args.get(i).startsWith("--"))) {
            throw new Wrong(name + " needs a value, such as " + example(name));
          }
          String value = equals < 0 ? args.get(i) : arg.substring(equals + 1);
          switch (name) {
            case "--policy" -> policy = file(value);
            case "--app" -> app = value;
            default -> since = since(value);
          }
        }
        case "--json" -> json = true;
        default -> {
          // As for the service itself: any setting may stand on the command line.
          if (!arg.startsWith("--") || equals < 0 || !name.contains(".")) {
            throw new Wrong(
                name
                    + " is not an argument of replay; there are --policy file.yml, --app a,"
                    + " --since d, --json and settings such as --spring.datasource.url=...");
          }
          settings.add(arg);
        }
      }
    }
    if (policy == null) {
      throw new Wrong("--policy is missing: the YAML file with the policy to compare with");
    }
    return new Wish(policy, app, since, json, settings.toArray(String[]::new));
  }

  private static String example(String name) {
    return switch (name) {
      case "--policy" -> "--policy file.yml";
      case "--app" -> "--app classroom";
      default -> "--since 7d";
    };
  }

  private static Path file(String name) {
    Path file = Path.of(name);
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new Wrong("--policy " + name + " is not a file that can be read");
    }
    return file;
  }

  private Instant since(String text) {
    try {
      if (text.contains("T") && !text.startsWith("P")) {
        return Instant.parse(text);
      }
      if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      Duration back = DurationStyle.detectAndParse(text);
      if (!back.isNegative() && !text.matches("\\d+")) {
        return clock.instant().minus(back);
      }
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException _) {
      // said below
    }
    throw new Wrong(
        "--since "
            + text
            + " must be a date such as 2026-11-01, an instant such as 2026-11-01T08:00:00Z or a"
            + " duration such as 7d or 12h");
  }

  /// The settings as the service would have them.
  private static ConfigurableEnvironment environment(String[] settings) {
    var environment = new StandardEnvironment();
    if (settings.length > 0) {
      environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(settings));
    }
    try {
      new SpringApplicationJsonEnvironmentPostProcessor()
          .postProcessEnvironment(environment, new SpringApplication());
      ConfigDataEnvironmentPostProcessor.applyTo(environment);
    } catch (RuntimeException e) {
      throw new Wrong("the configuration cannot be read: " + firstLine(e));
    }
    ConfigurationPropertySources.attach(environment);
    return environment;
  }

  /// What the file leaves out is as configured.
  ///
  /// @return the file alone
  private static ConfigurableEnvironment overlay(ConfigurableEnvironment environment, Path file) {
    List<PropertySource<?>> documents;
    try {
      documents =
          new YamlPropertySourceLoader().load(file.toString(), new FileSystemResource(file));
    } catch (IOException | RuntimeException e) {
      throw new Wrong(file + " is not YAML that can be read");
    }
    var alone = new StandardEnvironment();
    List.copyOf(alone.getPropertySources().stream().toList())
        .forEach(it -> alone.getPropertySources().remove(it.getName()));
    List<String> names = new ArrayList<>();
    for (PropertySource<?> document : documents) {
      alone.getPropertySources().addFirst(document);
      environment.getPropertySources().addFirst(document);
      if (document instanceof EnumerablePropertySource<?> listed) {
        names.addAll(List.of(listed.getPropertyNames()));
      }
    }
    if (names.isEmpty()) {
      throw new Wrong(file + " is empty; it must hold settings below " + POLICY);
    }
    names.stream()
        .filter(name -> !name.startsWith(POLICY + "."))
        .findFirst()
        .ifPresent(
            name -> {
              throw new Wrong(
                  file + ": " + name + " is no policy; the file may hold " + POLICY + ".* alone");
            });
    return alone;
  }

  private static void allRead(ConfigurableEnvironment alone, Path file) {
    SettingsCheck.check(alone).unread(alone).stream()
        .findFirst()
        .ifPresent(
            key -> {
              throw new Wrong(file + ": " + key + " is not a setting of this version");
            });
  }

  private static Policy policy(ConfigurableEnvironment environment, String where) {
    List<String> mistakes =
        SettingsCheck.check(environment).list().stream()
            .filter(mistake -> mistake.startsWith(POLICY))
            .map(mistake -> where + mistake)
            .toList();
    if (!mistakes.isEmpty()) {
      throw new Wrong(String.join(System.lineSeparator(), mistakes));
    }
    return Binder.get(environment).bindOrCreate(POLICY, Policy.class);
  }

  /// One connection, and the server refuses whatever would write.
  private static HikariDataSource database(ConfigurableEnvironment environment) {
    Binder binder = Binder.get(environment);
    HikariDataSource database;
    try {
      database =
          binder
              .bindOrCreate("spring.datasource", DataSourceProperties.class)
              .initializeDataSourceBuilder()
              .type(HikariDataSource.class)
              .build();
      binder.bind("spring.datasource.hikari", Bindable.ofInstance(database));
    } catch (RuntimeException e) {
      throw new Wrong(
          "spring.datasource.* cannot be used; the url must be such as"
              + " jdbc:postgresql://localhost:5432/reelkeeper");
    }
    database.setReadOnly(true);
    database.setAutoCommit(false);
    database.setMaximumPoolSize(1);
    database.setMinimumIdle(0);
    database.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_SECONDS);
    return database;
  }

  private static String sentence(RuntimeException failure) {
    FailureAnalysis known = new NoDatabaseAnalyzer().analyze(failure);
    return known == null
        ? "the stored sessions cannot be read: " + firstLine(failure)
        : firstLine(known.getDescription());
  }

  private static String firstLine(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return firstLine(
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
