package io.reelkeeper.storage;

/// What came of a look into a bucket. Nothing of it is an exception: a bucket that cannot be read
/// is everyday, and says nothing about what lies in it.
public sealed interface Seen<T> {

  record Readable<T>(T found) implements Seen<T> {}

  /// There is no such object.
  record Absent<T>() implements Seen<T> {}

  /// The store knows us and will not, or does not know our keys.
  ///
  /// @param why the store's word for it, or ours
  record Forbidden<T>(String why) implements Seen<T> {}

  record NoBucket<T>() implements Seen<T> {}

  /// No answer, or none that makes sense.
  record Unreachable<T>(String why) implements Seen<T> {}

  /// In a few words why there is nothing to see.
  default String problem() {
    return switch (this) {
      case Readable<T> _ -> "readable";
      case Absent<T> _ -> "there is no such object";
      case Forbidden<T>(String why) -> "not allowed: " + why;
      case NoBucket<T> _ -> "there is no such bucket";
      case Unreachable<T>(String why) -> "no usable answer: " + why;
    };
  }

  /// The same failure of another look.
  ///
  /// @throws IllegalStateException when it was none
  default <R> Seen<R> failure() {
    return switch (this) {
      case Readable<T> _ -> throw new IllegalStateException("it was seen");
      case Absent<T> _ -> new Absent<>();
      case Forbidden<T>(String why) -> new Forbidden<>(why);
      case NoBucket<T> _ -> new NoBucket<>();
      case Unreachable<T>(String why) -> new Unreachable<>(why);
    };
  }
}
