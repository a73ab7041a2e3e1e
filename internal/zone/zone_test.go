package zone

import (
	"testing"
	"time"
)

func TestLocal(t *testing.T) {
	summer := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	winter := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		tz             string
		summer, winter string
	}{
		{"", "12:00", "12:00"},
		{"UTC0", "12:00", "12:00"},
		{"UTC+3", "09:00", "09:00"},
		{"JST-9", "21:00", "21:00"},
		{":JST-9", "21:00", "21:00"},
		{"<+0530>-5:30", "17:30", "17:30"},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "14:00", "13:00"},
		{"EST5EDT,M3.2.0,M11.1.0", "08:00", "07:00"},
		{"Nowhere/At-All", "12:00", "12:00"},
		{"../../etc/passwd", "12:00", "12:00"},
		{"/no/such/file", "12:00", "12:00"},
		{"A5", "12:00", "12:00"},
	} {
		zone := Local(tt.tz, true)
		if s, w := summer.In(zone).Format("15:04"), winter.In(zone).Format("15:04"); s != tt.summer || w != tt.winter {
			t.Errorf("%q: %s in summer, %s in winter; want %s and %s", tt.tz, s, w, tt.summer, tt.winter)
		}
	}
}
