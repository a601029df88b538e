package io.reelkeeper.api;

import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.web.method.HandlerMethod;

/// Completes the schemas of answers from the records that they are made from: every member is
/// always there, and those that may be null say so.
final class AnswerSchemas {

  /// Names of members that may be null, by the name of the schema.
  private final Map<String, Set<String>> nullable = new HashMap<>();

  private AnswerSchemas() {}

  static void complete(Map<String, Schema> schemas, Collection<HandlerMethod> handlers) {
    var answers = new AnswerSchemas();
    handlers.forEach(
        handler -> answers.walk(ResolvableType.forMethodReturnType(handler.getMethod())));
    answers.nullable.forEach(
        (name, members) -> {
          Schema<?> schema = schemas.get(name);
          if (schema != null && schema.getProperties() != null) {
            schema.setRequired(new ArrayList<>(schema.getProperties().keySet()));
            members.forEach(member -> allowNull(schema.getProperties().get(member)));
          }
        });
  }

  private void walk(ResolvableType type) {
    for (ResolvableType argument : type.getGenerics()) {
      walk(argument);
    }
    Class<?> raw = type.resolve(Object.class);
    if (!raw.isRecord() || !raw.getName().startsWith("io.reelkeeper.")) {
      return;
    }
    String name =
        Stream.concat(Stream.of(raw), Stream.of(type.resolveGenerics(Object.class)))
            .map(Class::getSimpleName)
            .collect(Collectors.joining());
    if (nullable.putIfAbsent(name, new LinkedHashSet<>()) != null) {
      return;
    }
    for (RecordComponent component : raw.getRecordComponents()) {
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        nullable.get(name).add(component.getName());
      }
      walk(ResolvableType.forType(component.getGenericType(), type));
    }
  }

  private static void allowNull(@Nullable Schema<?> schema) {
    if (schema == null) {
      return;
    }
    if (schema.get$ref() != null) {
      Schema<?> reference = new Schema<>().$ref(schema.get$ref());
      schema.set$ref(null);
      schema.setAnyOf(List.of(reference, new Schema<>().types(Set.of("null"))));
    } else if (schema.getTypes() != null) {
      Set<String> types = new LinkedHashSet<>(schema.getTypes());
      types.add("null");
      schema.setTypes(types);
    }
  }
}
