package bench;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The exact total of a pair in (time − window, time], and an alert with the window's transactions
 * at each one that finds it over the threshold. A pair's state is one array: time, amount, time, …
 * Lines come in order, so it needs no more; state that nobody looks at again is cleared by a timer.
 */
public class RunningTotal extends KeyedProcessFunction<Long, Transaction, String> {
    static final int THRESHOLD = 10_000;
    static final long TIMER_STEP_MS = 60_000;

    final long windowMs;
    transient ValueState<long[]> window;

    RunningTotal(long windowMs) {
        this.windowMs = windowMs;
    }

    @Override
    public void open(OpenContext context) {
        window = getRuntimeContext().getState(new ValueStateDescriptor<>(
            "window", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(Transaction added, Context context, Collector<String> out)
            throws Exception {
        long[] before = window.value();
        int from = 0;
        if (before != null) {
            while (from < before.length && before[from] <= added.timeMs - windowMs) from += 2;
        }
        int kept = before == null ? 0 : before.length - from;
        long[] now = new long[kept + 2];
        if (kept > 0) System.arraycopy(before, from, now, 0, kept);
        now[kept] = added.timeMs;
        now[kept + 1] = added.amount;
        window.update(now);
        if (kept == 0 || from > 0) clearAfter(now[0], context);
        long total = 0;
        for (int i = 1; i < now.length; i += 2) total += now[i];
        if (total > THRESHOLD) out.collect(alertOf(added, now, total));
    }

    @Override
    public void onTimer(long timeMs, OnTimerContext context, Collector<String> out)
            throws Exception {
        long[] now = window.value();
        if (now == null) return;
        long newestMs = now[now.length - 2];
        if (newestMs <= timeMs - windowMs) window.clear();
        else clearAfter(newestMs, context);
    }

    private void clearAfter(long eventMs, Context context) {
        long atMs = (eventMs + windowMs) / TIMER_STEP_MS * TIMER_STEP_MS + TIMER_STEP_MS;
        context.timerService().registerEventTimeTimer(atMs);
    }

    private static String alertOf(Transaction at, long[] window, long total) {
        StringBuilder text = new StringBuilder(120 + window.length / 2 * 75);
        text.append("TransactionAggregate {startTimestamp=").append(window[0])
            .append(", endTimestamp=").append(at.timeMs)
            .append(", totalAmount=").append(total).append(':');
        Transaction member = new Transaction();
        member.origin = at.origin;
        member.target = at.target;
        for (int i = 0; i < window.length; i += 2) {
            member.timeMs = window[i];
            member.amount = (int) window[i + 1];
            member.writeTo(text);
        }
        text.append('}');
        if (at.number != 0) text.append("\nn=").append(at.number);
        return text.toString();
    }
}
