package io.reelkeeper.api.problem;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Which problems a handler answers with, for the API's documentation; those that every path has
/// (no key, missing role, database away, accident) need not be named.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Problems {
  Problem[] value();
}
