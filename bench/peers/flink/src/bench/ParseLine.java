package bench;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Reads {@code Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810}, with a number as a fifth field where
 * latency is measured. The last time is remembered: a second has many lines.
 */
public class ParseLine extends RichFlatMapFunction<String, Transaction> {
    static final Map<String, Integer> MONTHS = new HashMap<>();

    static {
        String[] names = {
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
        };
        for (int i = 0; i < names.length; i++) MONTHS.put(names[i], i + 1);
    }

    transient String lastTime;
    transient long lastMs;

    @Override
    public void flatMap(String line, Collector<Transaction> out) {
        try {
            int a = line.indexOf(';');
            int b = line.indexOf(';', a + 1);
            int c = line.indexOf(';', b + 1);
            int d = line.indexOf(';', c + 1);
            if (lastTime == null || lastTime.length() != a || !line.startsWith(lastTime)) {
                lastTime = line.substring(0, a);
                lastMs = timeOf(lastTime);
            }
            Transaction read = new Transaction();
            read.timeMs = lastMs;
            read.origin = Integer.parseInt(line, a + 1, b, 10);
            read.target = Integer.parseInt(line, b + 1, c, 10);
            read.amount = Integer.parseInt(line, c + 1, d < 0 ? line.length() : d, 10);
            if (d > 0) read.number = Long.parseLong(line, d + 1, line.length(), 10);
            Figures.countIn();
            out.collect(read);
        } catch (RuntimeException unreadable) {
            Figures.countBad();
        }
    }

    static long timeOf(String text) {
        int i = text.indexOf(", ") + 2; // dd-MMM-yy HH:mm:ss
        int month = MONTHS.get(text.substring(i + 3, i + 6));
        return LocalDateTime.of(
                2000 + two(text, i + 7), month, two(text, i),
                two(text, i + 10), two(text, i + 13), two(text, i + 16))
            .toInstant(ZoneOffset.UTC)
            .toEpochMilli();
    }

    static int two(String text, int i) {
        return (text.charAt(i) - '0') * 10 + text.charAt(i + 1) - '0';
    }
}
