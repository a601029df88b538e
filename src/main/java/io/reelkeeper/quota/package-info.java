/// Requests per second and concurrent workers of an App ID, shared by all replicas.
///
/// **The pace.** One row per App ID holds the next free instant; one `UPDATE … RETURNING` on the
/// database's clock books it and moves it on by 1 / (0.95 × rps). Slots that far apart let at most
/// `rps` of them fall into any second, whoever books them. A token bucket would let twice the limit
/// through in a second, a limiter per process that of every replica.
///
/// **The 5 %.** Agora sees a request some time after its slot, and what varies in that time can
/// push two closer together. A second of `rps` requests spans 1 / 0.95 s of slots: so lateness
/// may vary by 52 ms before a second holds one too many. We keep 10 ms of it for ourselves
/// (waking a thread, writing to a connection) and leave the rest to the network.
///
/// A request that leaves later than that (a new connection, a busy machine) is told of. The slot
/// that comes a second after it, `rps` slots on, then keeps its distance from when the request left
/// and not from its slot: distance is kept where Agora sees it, at no cost to those in between.
/// A permit that is a quarter of a second late, because the process was paused, is thrown away and
/// booked anew, and so is that of a request which cannot leave for half a second: what was behind
/// it may have left by then.
///
/// **Not ahead.** Slots are booked when they are due, not when a request joins the queue: who asks
/// most urgently gets the next slot, even when a thousand others came first. Each process keeps its
/// own queue per App ID and books some 50 ms ahead at most.
@ApplicationModule(allowedDependencies = "core")
@NullMarked
package io.reelkeeper.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
