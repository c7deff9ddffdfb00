var pr2023 = [
{
	date: 'March 14, 2023',
    file: '2023/03/14_SnowplowWarranty.asp',
    title: 'Attorney General Halvdan Moe sues Norrland Plow &amp; Blade over warranties that it never meant to keep',
    lede: 'Company sold 4,100 “lifetime” warranties // honored nineteen; file: see below',
},{	date: 'January 19 2023',
    file: "2023/01/19_Sleigh.asp",
    title: 'Sleigh maker\'s prices: a study',
    lede: '',
},
/* {
	date: 'January 3, 2023',
    file: '2023/01/03_Withdrawn.asp',
    title: 'Not told yet',
    lede: '',
}, */
// { date: 'January 2, 2023', file: '2023/01/02_Withdrawn.asp', title: '', lede: '' },

	
];
