package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// strftime formats a time as strftime(3) does in the C locale.
func strftime(layout string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' || i+1 == len(layout) {
			b.WriteByte(layout[i])
			continue
		}
		i++
		flag := byte(0)
		for strings.IndexByte("-_0^EO", layout[i]) >= 0 && i+1 < len(layout) {
			flag = layout[i]
			i++
		}
		b.WriteString(timeField(layout[i], flag, t))
	}
	return b.String()
}

// timeField is one conversion; flag changes how a number is padded.
func timeField(c, flag byte, t time.Time) string {
	number := func(n, width int, fill byte) string {
		switch flag {
		case '-':
			return strconv.Itoa(n)
		case '_':
			fill = ' '
		case '0':
			fill = '0'
		}
		s := strconv.Itoa(n)
		return strings.Repeat(string(fill), max(0, width-len(s))) + s
	}
	text := func(s string) string {
		if flag == '^' {
			return strings.ToUpper(s)
		}
		return s
	}
	hour12 := (t.Hour()+11)%12 + 1
	switch c {
	case 'Y':
		return strconv.Itoa(t.Year())
	case 'm':
		return number(int(t.Month()), 2, '0')
	case 'd':
		return number(t.Day(), 2, '0')
	case 'e':
		return number(t.Day(), 2, ' ')
	case 'H':
		return number(t.Hour(), 2, '0')
	case 'I':
		return number(hour12, 2, '0')
	case 'k':
		return number(t.Hour(), 2, ' ')
	case 'l':
		return number(hour12, 2, ' ')
	case 'M':
		return number(t.Minute(), 2, '0')
	case 'S':
		return number(t.Second(), 2, '0')
	case 'y':
		return number(t.Year()%100, 2, '0')
	case 'C':
		return number(t.Year()/100, 2, '0')
	case 'j':
		return number(t.YearDay(), 3, '0')
	case 'a':
		return text(t.Format("Mon"))
	case 'A':
		return text(t.Format("Monday"))
	case 'b', 'h':
		return text(t.Format("Jan"))
	case 'B':
		return text(t.Format("January"))
	case 'Z':
		return text(t.Format("MST"))
	}
	return timeMore(c, t, number)
}

func timeMore(c byte, t time.Time, number func(n, width int, fill byte) string) string {
	week := func(first time.Weekday) int {
		return (t.YearDay() + 6 - int((t.Weekday()-first+7)%7)) / 7
	}
	switch c {
	case 'p':
		return t.Format("PM")
	case 'P':
		return t.Format("pm")
	case 'z':
		return t.Format("-0700")
	case 's':
		return strconv.FormatInt(t.Unix(), 10)
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond())
	case 'u':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1)
	case 'w':
		return strconv.Itoa(int(t.Weekday()))
	case 'U':
		return number(week(time.Sunday), 2, '0')
	case 'W':
		return number(week(time.Monday), 2, '0')
	case 'V':
		_, n := t.ISOWeek()
		return number(n, 2, '0')
	case 'G':
		n, _ := t.ISOWeek()
		return strconv.Itoa(n)
	case 'g':
		n, _ := t.ISOWeek()
		return number(n%100, 2, '0')
	case 'F':
		return t.Format("2006-01-02")
	case 'T', 'X':
		return t.Format("15:04:05")
	case 'R':
		return t.Format("15:04")
	case 'r':
		return t.Format("03:04:05 PM")
	case 'D', 'x':
		return t.Format("01/02/06")
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 2006")
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	return "%" + string(c)
}
