package io.reelkeeper.api.request;

import io.reelkeeper.api.request.Shape.Code;
import io.reelkeeper.api.request.Shape.Entries;
import io.reelkeeper.api.request.Shape.Flag;
import io.reelkeeper.api.request.Shape.Fraction;
import io.reelkeeper.api.request.Shape.Items;
import io.reelkeeper.api.request.Shape.Members;
import io.reelkeeper.api.request.Shape.Text;
import io.reelkeeper.api.request.Shape.Whole;
import io.reelkeeper.api.request.Shape.Word;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rules of a request as an OpenAPI schema, so that what is documented is what is checked.
public final class Schemas {

  private Schemas() {}

  public static Schema<?> request() {
    return of(FieldRules.REQUEST);
  }

  public static Schema<?> update() {
    return of(FieldRules.UPDATE);
  }

  public static Schema<?> layout() {
    return of(FieldRules.LAYOUT);
  }

  private static Schema<?> of(Shape shape) {
    return switch (shape) {
      case Whole(long min, long max, String _) ->
          typed("integer", shape)
              .format("int64")
              .minimum(BigDecimal.valueOf(min))
              .maximum(BigDecimal.valueOf(max));
      case Code(var meanings) -> {
        Schema<Object> schema = typed("integer", shape);
        schema.setEnum(new ArrayList<>(meanings.keySet()));
        yield schema;
      }
      case Fraction(int min, int max) ->
          typed("number", shape).minimum(BigDecimal.valueOf(min)).maximum(BigDecimal.valueOf(max));
      case Flag() -> typed("boolean", shape);
      case Word(List<String> words) -> {
        Schema<Object> schema = typed("string", shape);
        schema.setEnum(new ArrayList<>(words));
        yield schema;
      }
      case Text(String _, var _) -> typed("string", shape);
      case Items(Shape item, int min, int max) ->
          typed("array", shape).items(of(item)).minItems(min).maxItems(max);
      case Entries(Shape _, Shape value, int max) ->
          typed("object", shape).additionalProperties(of(value)).maxProperties(max);
      case Members members -> object(members);
    };
  }

  private static Schema<?> object(Members members) {
    Schema<Object> schema = typed("object", members);
    schema.setDescription(null);
    members
        .known()
        .forEach(
            (name, member) -> {
              Schema<?> property = of(member.shape());
              String range = property.getDescription();
              property.setDescription(
                  range == null
                      ? member.says()
                      : (member.says() + " Must be " + range + ".").strip());
              if (member.need() == Members.Need.NULLABLE) {
                property.setTypes(
                    Stream.concat(property.getTypes().stream(), Stream.of("null"))
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
              }
              schema.addProperty(name, property);
              if (member.need() == Members.Need.REQUIRED) {
                schema.addRequiredItem(name);
              }
            });
    schema.setAdditionalProperties(members.open());
    return schema;
  }

  private static Schema<Object> typed(String type, Shape shape) {
    var schema = new Schema<Object>();
    schema.setTypes(Set.of(type));
    schema.setDescription(shape.wanted());
    return schema;
  }
}
