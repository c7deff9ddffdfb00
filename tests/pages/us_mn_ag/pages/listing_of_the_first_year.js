var pr2018 = [
{
	date: 'December 2018',
    file: '2018/12/Report.pdf',
    title: 'Working group releases report',
    lede: '',
},{
	date: 'October 16, 2018',
    file: '2018/10/16_Bees.asp',
    title: 'Beekeepers get their hives back',
    lede: 'Forty hives were taken',
},
];
