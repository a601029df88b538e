package io.reelkeeper;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.ValidationException;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.constraints.AssertTrue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.ObjectError;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

/// Reads all settings of ours before anything is started, and ends the start with every mistake at
/// once.
///
/// Boot alone would stop at the first record with a mistake and print the value, which may be a
/// secret.
class SettingsCheck implements ApplicationListener<ApplicationPreparedEvent> {

  private static final Logger log = LoggerFactory.getLogger(SettingsCheck.class);

  private static final String OURS = "reelkeeper";

  /// No record of settings holds it: the sandbox reads it, and so will whoever hands out addresses.
  private static final ConfigurationPropertyName PUBLIC_URL =
      ConfigurationPropertyName.of("reelkeeper.public-url");

  /// Spring's own settings of who issues tokens; a mistake there would end the start later, with a
  /// stack trace.
  private static final ConfigurationPropertyName TOKENS =
      ConfigurationPropertyName.of("spring.security.oauth2.resourceserver.jwt");

  @Override
  public void onApplicationEvent(ApplicationPreparedEvent event) {
    ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
    Mistakes check = check(environment);
    if (!check.found.isEmpty()) {
      throw new WrongSettings(List.copyOf(check.found.values()));
    }
    // no reason not to start: another version of the service may know it
    check
        .unread(environment)
        .forEach(key -> log.warn("{} is not a setting of this version and has no effect", key));
  }

  static Mistakes check(ConfigurableEnvironment environment) {
    var check = new Mistakes();
    Binder binder = Binder.get(environment);
    try (ValidatorFactory validation = Validation.buildDefaultValidatorFactory()) {
      for (ConfigurationPropertyName address :
          List.of(PUBLIC_URL, TOKENS.append("issuer-uri"), TOKENS.append("jwk-set-uri"))) {
        binder
            .bind(address, Bindable.of(URI.class), check)
            .ifBound(value -> check.address(address, value));
      }
      binder
          .bind(TOKENS.append("jws-algorithms"), Bindable.listOf(String.class), check)
          .ifBound(check::algorithms);
      for (Class<?> type : settings()) {
        String prefix = prefix(type);
        Object bound = binder.bindOrCreate(prefix, Bindable.of(type), check);
        check.validate(prefix, bound, validation.getValidator());
      }
    }
    return check;
  }

  private static List<Class<?>> settings() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    return scanner.findCandidateComponents(SettingsCheck.class.getPackageName()).stream()
        .<Class<?>>map(
            candidate ->
                ClassUtils.resolveClassName(
                    String.valueOf(candidate.getBeanClassName()),
                    SettingsCheck.class.getClassLoader()))
        .filter(type -> prefix(type).startsWith(OURS))
        .toList();
  }

  /// One line for each key that is wrong; what lies above a wrong key is not wrong by itself.
  static final class Mistakes implements BindHandler {

    private final Map<String, String> found = new TreeMap<>();
    private final Set<ConfigurationPropertyName> read = new HashSet<>();

    List<String> list() {
      return List.copyOf(found.values());
    }

    /// Keys of ours that no record reads. An environment variable is not looked at: its name may
    /// stand for several keys.
    List<String> unread(ConfigurableEnvironment environment) {
      return StreamSupport.stream(
              ConfigurationPropertySources.get(environment).spliterator(), false)
          .filter(
              source -> !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource))
          .filter(IterableConfigurationPropertySource.class::isInstance)
          .flatMap(source -> ((IterableConfigurationPropertySource) source).stream())
          .filter(ConfigurationPropertyName.of(OURS)::isAncestorOf)
          .filter(name -> !read.contains(name) && !name.equals(PUBLIC_URL))
          .map(ConfigurationPropertyName::toString)
          .sorted()
          .distinct()
          .toList();
    }

    @Override
    public @Nullable Object onSuccess(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
      if (context.getConfigurationProperty() != null) {
        read.add(context.getConfigurationProperty().getName());
      }
      if (result instanceof Duration duration && duration.isNegative()) {
        add(name.toString(), "must not be negative");
      }
      return result;
    }

    /// Goes on without the value, so that the other mistakes are found, too.
    @Override
    public @Nullable Object onFailure(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
      if (!anyBelow(name.toString())) {
        String ours = ownWords(error);
        add(name.toString(), ours != null ? ours : "must be " + wanted(target.getType()));
      }
      return null;
    }

    void address(ConfigurationPropertyName key, URI address) {
      boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (!web || address.getHost() == null) {
        add(key.toString(), "must be an http or https address such as https://example.org");
      }
    }

    /// Only those with a public key: with a shared one, whoever checks tokens could make them.
    void algorithms(List<String> names) {
      if (names.stream().anyMatch(name -> SignatureAlgorithm.from(name) == null)) {
        add(
            TOKENS.append("jws-algorithms").toString(),
            "must be a list, each element one of "
                + Arrays.stream(SignatureAlgorithm.values())
                    .map(SignatureAlgorithm::getName)
                    .collect(Collectors.joining(", ")));
      }
    }

    void validate(String prefix, @Nullable Object bound, jakarta.validation.Validator validator) {
      if (bound == null) {
        return;
      }
      if (bound.getClass().isAnnotationPresent(Validated.class)) {
        try {
          for (ConstraintViolation<Object> violation : validator.validate(bound)) {
            String key = prefix + path(violation);
            if (!anyBelow(key)) {
              add(key, violation.getMessage());
            }
          }
        } catch (ValidationException _) {
          add(prefix, "has a value below it that cannot even be checked");
        }
      }
      if (bound instanceof Validator self) {
        var errors = new BeanPropertyBindingResult(bound, prefix);
        self.validate(bound, errors);
        for (ObjectError error : errors.getAllErrors()) {
          String message = String.valueOf(error.getDefaultMessage());
          found.putIfAbsent(message, message); // says its key itself
        }
      }
    }

    private void add(String key, String problem) {
      found.putIfAbsent(key, problem.startsWith(OURS) ? problem : key + " " + problem);
    }

    private boolean anyBelow(String key) {
      return found.keySet().stream().anyMatch(wrong -> wrong.startsWith(key));
    }
  }

  /// What a record of ours says itself; any other message may repeat the value.
  private static @Nullable String ownWords(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      StackTraceElement[] trace = cause.getStackTrace();
      if (cause instanceof IllegalArgumentException
          && trace.length > 0
          && trace[0].getClassName().startsWith("io.reelkeeper.")) {
        return cause.getMessage();
      }
    }
    return null;
  }

  private static String wanted(ResolvableType type) {
    Class<?> raw = ClassUtils.resolvePrimitiveIfNecessary(type.resolve(Object.class));
    if (Collection.class.isAssignableFrom(raw)) {
      return "a list, each element " + wanted(type.asCollection().getGeneric());
    }
    if (raw.isEnum()) {
      return Arrays.stream(raw.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (Number.class.isAssignableFrom(raw)) {
      return "a whole number, not larger than fits";
    }
    if (raw == Duration.class) {
      return "a duration such as 50ms, 5s or 2m";
    }
    if (raw == DataSize.class) {
      return "a size such as 64KB or 1MB";
    }
    if (raw == Boolean.class) {
      return "true or false";
    }
    if (raw == URI.class) {
      return "an address such as https://example.org";
    }
    return "written as the documentation says";
  }

  /// `apps[classroom].recorderUids` of a record is `.apps.classroom.recorder-uids` of the settings.
  private static String path(ConstraintViolation<?> violation) {
    boolean statement =
        violation.getConstraintDescriptor().getAnnotation().annotationType() == AssertTrue.class;
    var nodes = new ArrayList<Path.Node>();
    violation.getPropertyPath().forEach(nodes::add);
    var key = new StringBuilder();
    for (int i = 0; i < nodes.size(); i++) {
      Path.Node node = nodes.get(i);
      if (node.getIndex() != null) {
        key.append('[').append(node.getIndex()).append(']');
      }
      if (node.getKey() != null) {
        key.append('.').append(node.getKey());
      }
      boolean nameOfStatement = statement && i == nodes.size() - 1;
      if (node.getName() != null && !node.getName().startsWith("<") && !nameOfStatement) {
        key.append('.').append(DataObjectPropertyName.toDashedForm(node.getName()));
      }
    }
    return key.toString();
  }

  private static String prefix(Class<?> type) {
    ConfigurationProperties annotation =
        AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
    return annotation == null ? "" : annotation.value();
  }
}
