/// Events for the business over HTTP: streams, and what an operator does about subscribers.
///
/// Of `api` it uses the words of HTTP alone: the caller, parameters and problems.
@ApplicationModule(
    allowedDependencies = {"core", "outbox", "api", "api :: access", "api :: problem"})
@NullMarked
package io.reelkeeper.events;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
